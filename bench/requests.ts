import { keyOf, REFERENCE } from './candidates/all.ts'
import type { Candidate } from './candidates/candidate.ts'
import { Child } from './child.ts'
import { type Contestant, enter } from './contestant.ts'
import { FEWEST_ROUNDS, type Options } from './options.ts'
import { collect, type Pair, round } from './pairing.ts'
import type { Progress } from './progress.ts'
import { prove } from './proof.ts'
import { type Revocation, type Row, toRow } from './results.ts'
import { aim, type LoadGenerator, SPENT, slice, warmUp } from './slices.ts'

interface Field {
  readonly reference: Contestant
  readonly contestants: readonly Contestant[]
  readonly reach: ReadonlyMap<Contestant, Revocation | undefined>
}

/** Measures candidates against bare Express: proves each, warms it up, and takes slices of all in rounds. */
export async function measureRequests(
  candidates: readonly Candidate[],
  folder: string,
  options: Options,
  progress: Progress,
): Promise<Row[]> {
  const spinner = new Child('spinner.ts', 'spare')
  const field = await assemble(candidates, folder, options, progress)
  const all = [field.reference, ...field.contestants]
  const load = await aim(all, options.awake)
  try {
    await warmUp(load, all, progress, options.until.warm)
    return rowsOf(field, await takeRounds(load, field, options, progress))
  } finally {
    await Promise.all([spinner.stop(), load.child.stop(), ...all.map(({ server }) => server.stop())])
  }
}

async function assemble(
  candidates: readonly Candidate[],
  folder: string,
  { sessions }: Options,
  progress: Progress,
): Promise<Field> {
  const contestants: Contestant[] = []
  const reach = new Map<Contestant, Revocation | undefined>()
  for (const candidate of [REFERENCE, ...candidates]) {
    progress.say(`proving ${keyOf(candidate)}: answers, renewals, revocation`)
    const contestant = await enter(candidate, folder, sessions + SPENT)
    contestants.push(contestant)
    reach.set(contestant, await prove(contestant))
  }
  const [reference, ...others] = contestants
  return { reference: reference as Contestant, contestants: others, reach }
}

async function takeRounds(
  load: LoadGenerator,
  { reference, contestants }: Field,
  options: Options,
  progress: Progress,
): Promise<Map<Contestant, Pair[]>> {
  const pairs = new Map<Contestant, Pair[]>()
  for (let done = 0; done < options.rounds; done += 1) {
    if (done >= FEWEST_ROUNDS && progress.seconds > options.until.requests) break
    const tell = (contestant: Contestant) => () => {
      progress.say(`round ${done + 1} of ${options.rounds}: ${keyOf(contestant.candidate)}`)
      return slice(load, contestant, options.slice)
    }
    const measured = contestants.map((subject) => ({ subject, slice: tell(subject) }))
    collect(pairs, await round(tell(reference), measured))
  }
  return pairs
}

function rowsOf({ contestants, reach }: Field, pairs: ReadonlyMap<Contestant, Pair[]>): Row[] {
  return contestants.map((contestant) => {
    const { path, name, title } = contestant.candidate
    const revocation = reach.get(contestant)
    const about = { path, name, title, ...(revocation === undefined ? {} : { revocation }) }
    return toRow(about, pairs.get(contestant) ?? [])
  })
}
