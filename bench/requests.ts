import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { isControl, keyOf, REFERENCE } from './candidates/all.ts'
import type { Candidate } from './candidates/candidate.ts'
import { isOurs } from './check.ts'
import { Child } from './child.ts'
import { type Contestant, enter } from './contestant.ts'
import { FEWEST_ROUNDS, type Options } from './options.ts'
import { collect, type Pair, pair, round, type Slice } from './pairing.ts'
import type { Postgres } from './postgres.ts'
import type { Progress } from './progress.ts'
import { prove } from './proof.ts'
import { type Revocation, type Row, toRow } from './results.ts'
import { aim, type LoadGenerator, SPENT, slice, warmUp } from './slices.ts'

type Found = Map<Candidate, Pair[]>

/**
 * Measures candidates against bare Express, in several lives: two processes with the same code differ by a few
 * percent for as long as they live, by where their memory happens to lie. Peers, whose distance is far beyond
 * that, have one life.
 */
export async function measureRequests(
  candidates: readonly Candidate[],
  folder: string,
  options: Options,
  progress: Progress,
  postgres?: Postgres,
): Promise<Row[]> {
  if (candidates.length === 0) return []
  const spinner = new Child('spinner.ts', 'spare')
  const found: Found = new Map()
  const reach = new Map<Candidate, Revocation | undefined>()
  try {
    for (let life = 1; life <= options.lives; life += 1) {
      if (life > 1 && progress.seconds > options.until.lives) break
      const living = life === 1 ? candidates : candidates.filter((one) => isOurs(one) || isControl(one))
      const warmUntil = life === 1 ? options.until.warm : Number.POSITIVE_INFINITY
      const about = { ...options, warmUntil, postgres }
      await live(living, join(folder, `life-${life}`), about, progress, found, reach)
    }
  } finally {
    await spinner.stop()
  }
  const bare = [...new Set(candidates.map(({ path }) => path))].map((path) => ({ ...REFERENCE, path }))
  return [
    ...bare.map((reference) => rowOf(reference, found.get(REFERENCE) ?? [], undefined)),
    ...candidates.map((candidate) => rowOf(candidate, found.get(candidate) ?? [], reach.get(candidate))),
  ]
}

/** One life of some candidates: proves each, warms it up, and takes slices of all in rounds. */
async function live(
  candidates: readonly Candidate[],
  folder: string,
  options: Options & { readonly warmUntil: number; readonly postgres: Postgres | undefined },
  progress: Progress,
  found: Found,
  reach: Map<Candidate, Revocation | undefined>,
): Promise<void> {
  mkdirSync(folder)
  const contestants: Contestant[] = []
  for (const candidate of [REFERENCE, ...candidates]) {
    progress.say(`proving ${keyOf(candidate)}: answers, renewals, revocation`)
    const contestant = await enter(candidate, folder, options.sessions + SPENT, options.postgres)
    contestants.push(contestant)
    reach.set(candidate, await prove(contestant))
  }
  const load = await aim(contestants, options.awake)
  try {
    await warmUp(load, contestants, progress, options.warmUntil)
    await takeRounds(load, contestants, options, progress, found)
  } finally {
    await Promise.all([load.child.stop(), ...contestants.map(({ server }) => server.stop())])
  }
}

async function takeRounds(
  load: LoadGenerator,
  contestants: readonly Contestant[],
  options: Options,
  progress: Progress,
  found: Found,
): Promise<void> {
  const reference = contestants[0] as Contestant
  const toItself = (own: Slice) => collect(found, new Map([[REFERENCE, pair(own, own, own)]]))
  for (let done = 0; done < options.rounds; done += 1) {
    if (done >= FEWEST_ROUNDS && progress.seconds > options.until.requests) break
    const tell = (contestant: Contestant) => () => {
      progress.say(`round ${done + 1} of ${options.rounds}: ${keyOf(contestant.candidate)}`)
      return slice(load, contestant, options.slice)
    }
    const measured = contestants
      .slice(1)
      .map((subject) => ({ subject: subject.candidate, slice: tell(subject) }))
    const referenceSlice = async () => {
      const own = await tell(reference)()
      toItself(own)
      return own
    }
    collect(found, await round(referenceSlice, measured))
  }
}

function rowOf(candidate: Candidate, pairs: readonly Pair[], revocation: Revocation | undefined): Row {
  const { path, name, title } = candidate
  return toRow({ path, name, title, ...(revocation === undefined ? {} : { revocation }) }, pairs)
}
