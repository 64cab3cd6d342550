import { slidingSession } from '../src/index.ts'
import { EXPIRED } from './candidates/ours.ts'
import { type FillOptions, seatsOf, signerLike } from './fill.ts'
import type { Slice } from './pairing.ts'
import { fillPostgres } from './postgres-fill.ts'
import { BareUpdating, SteadyRenewing } from './postgres-renewing.ts'
import { answer } from './questions.ts'

/** Those that write; each has rows of its own on all pages of the table. */
export const WRITERS = ['bare', 'ours', 'ours-read'] as const

export type Writer = (typeof WRITERS)[number]

/** Rows of each writer: so few that the library has them in memory, with the tokens before and after a renewal. */
const ROWS = 2_000

/** Of so many rows of the table, each writer has one. */
const APART = 50

const seatOf = seatsOf('postgres', 1)

let writers: Readonly<Record<Writer, { slice(milliseconds: number): Promise<Slice> }>> | undefined

/** A process that writes to a PostgreSQL without HTTP. */
export const questions = {
  /** Fills the place, and opens all writers. */
  async open(place: Omit<FillOptions, 'count'>): Promise<void> {
    const pattern = await fillPostgres({ ...place, count: ROWS * APART }, seatOf)
    const tokenFor = signerLike(pattern, place.secret)
    const seats = (writer: Writer) =>
      Array.from({ length: ROWS }, (_, row) => seatOf(row * APART + WRITERS.indexOf(writer)))
    const renewing = async (writer: Writer, cacheSize?: number) => {
      const sessions = await slidingSession({ ...EXPIRED, ...place, ...(cacheSize && { cacheSize }) })
      return new SteadyRenewing(sessions, seats(writer).map(tokenFor))
    }
    writers = {
      bare: await BareUpdating.open(
        place.database,
        seats('bare').map(({ jti }) => jti.toString('hex')),
      ),
      ours: await renewing('ours'),
      'ours-read': await renewing('ours-read', 1),
    }
  },

  write({ writer, milliseconds }: { writer: Writer; milliseconds: number }): Promise<Slice> {
    if (writers === undefined) throw new Error('nothing to write to')
    return writers[writer].slice(milliseconds)
  },
}

answer(questions)
