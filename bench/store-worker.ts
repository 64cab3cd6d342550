import { slidingSession } from '../src/index.ts'
import { EXPIRED } from './candidates/ours.ts'
import { type Filled, type FillOptions, fill, seatsOf, signerLike } from './fill.ts'
import type { Slice } from './pairing.ts'
import { answer } from './questions.ts'
import { Remembering } from './remembering.ts'
import { Renewing } from './renewing.ts'
import { BareRevoking, CROWD, Revoking } from './revoking.ts'

/** Sessions of each user in the database that grows. */
const DEVICES = 4

const growing = seatsOf('growth', DEVICES)
const crowded = seatsOf('crowd', CROWD)

let renewing: Renewing | undefined
let revoking: Revoking | undefined
let bare: BareRevoking | undefined

/** A process that works on one database without HTTP. */
export const questions = {
  fill({ kind, ...options }: FillOptions & { kind: 'growing' | 'crowded' }): Promise<Filled> {
    return fill(options, kind === 'growing' ? growing : crowded)
  },

  async openRenewing({ pattern, secret, database, count }: FillOptions & { pattern: string }): Promise<void> {
    const tokenFor = signerLike(pattern, secret)
    const sessions = await slidingSession({ ...EXPIRED, secret, database })
    renewing = new Renewing(sessions, count, (seat) => tokenFor(growing(seat)))
  },

  renew(milliseconds: number): Promise<Slice> {
    if (renewing === undefined) throw new Error('nothing to renew')
    return renewing.slice(milliseconds)
  },

  /** Megabytes that this process takes. */
  memory(): number {
    return process.memoryUsage.rss() / 2 ** 20
  },

  /** Bytes that the memory of so many sessions takes at most, while twice as many are in use. */
  async bytesInMemory(about: FillOptions & { pattern: string; cacheSize: number }): Promise<number> {
    const { pattern, secret, database, count, cacheSize } = about
    const tokenFor = signerLike(pattern, secret)
    const open = (entries: number) =>
      slidingSession({
        ...EXPIRED,
        secret,
        database,
        cacheSize: entries,
        loadClaims: () => ({ role: 'user' }),
      })
    const remembering = new Remembering((seat) => tokenFor(growing(seat)))
    const warm = await open(1)
    await remembering.peak(warm, count)
    await warm.close()
    return remembering.peak(await open(cacheSize), count)
  },

  async openRevoking({ pattern, secret, database, count }: FillOptions & { pattern: string }): Promise<void> {
    const tokenFor = signerLike(pattern, secret)
    const sessions = await slidingSession({ ...EXPIRED, secret, database })
    revoking = new Revoking(sessions, crowded, (seat) => tokenFor(crowded(seat)))
    bare = new BareRevoking(`${database}-bare`, (2 * count) / CROWD, crowded)
  },

  revoke(): Promise<Slice> {
    if (revoking === undefined) throw new Error('nothing to revoke')
    return revoking.slice()
  },

  revokeBare(): Promise<Slice> {
    if (bare === undefined) throw new Error('nothing to revoke')
    return bare.slice()
  },
}

answer(questions)
