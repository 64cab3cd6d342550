import { CANDIDATES, keyOf, REFERENCE } from './candidates/all.ts'
import type { Candidate } from './candidates/candidate.ts'
import { enter } from './contestant.ts'
import type { Options } from './options.ts'
import type { Outcome } from './outcome.ts'
import { type Share, summarise } from './profile-summary.ts'
import type { Progress } from './progress.ts'
import { aim, slice, warmUp } from './slices.ts'

const MEASURED_MS = 2_000
const PROFILED_MS = 5_000

/** Shows where bare Express, a fresh and a renewed request spend their CPU. */
export async function profile(folder: string, options: Options, progress: Progress): Promise<Outcome> {
  const texts: string[] = []
  const chosen = CANDIDATES.filter((one) => ['fresh/ours', 'renew/ours'].includes(keyOf(one)))
  for (const candidate of [REFERENCE, ...chosen]) {
    texts.push(await profileOne(candidate, folder, options, progress))
  }
  return { text: texts.join('\n'), exitCode: 0 }
}

async function profileOne(
  candidate: Candidate,
  folder: string,
  options: Options,
  progress: Progress,
): Promise<string> {
  const contestant = await enter(candidate, folder, options.sessions)
  const load = await aim([contestant], options.awake)
  try {
    await warmUp(load, [contestant], progress, Number.POSITIVE_INFINITY)
    const { cpu } = await slice(load, contestant, MEASURED_MS)
    progress.say(`profiling ${keyOf(candidate)}`)
    await contestant.server.ask('startProfile')
    await slice(load, contestant, PROFILED_MS)
    const { places, functions } = summarise(await contestant.server.ask('stopProfile'))
    const title = `${keyOf(candidate)}: ${cpu.toFixed(1)} µs of CPU for each request`
    return `${title}\n\nby place\n${list(places, cpu)}\n\nby function\n${list(functions, cpu)}\n`
  } finally {
    await Promise.all([load.child.stop(), contestant.server.stop()])
  }
}

function list(shares: readonly Share[], cpu: number): string {
  return shares
    .map(({ what, share }) => {
      const percent = `${(share * 100).toFixed(1)} %`.padStart(8)
      return `${percent} ${`${(share * cpu).toFixed(1)} µs`.padStart(10)}  ${what}`
    })
    .join('\n')
}
