import { GOOD_FOR_MS } from '../../src/stores/postgres/revocation-listener.ts'
import type { CampaignResult, Failure } from './campaign.ts'
import type { Shrunk } from './shrink.ts'
import { type Closing, lifetimesToDetection, type Spread, spreadOf, type Theft } from './theft.ts'

/** What `--json` puts on the last line. */
export interface Summary {
  readonly steps: number
  readonly honestRefusals: number
  readonly thefts: number
  readonly theftsClosed: number
  /** In lifetimes of the owner's time at work. */
  readonly detection: Spread
  /** Of several servers: requests that passed after a revocation, in milliseconds after its commit. */
  readonly lateness?: Spread & { readonly bound: number }
}

export function summarise({ steps, counts, thefts, nodes }: CampaignResult): Summary {
  const lateness = { ...spreadOf(counts.cluster.delays), bound: GOOD_FOR_MS }
  const used = thefts.filter(({ firstUse }) => firstUse !== undefined)
  return {
    steps,
    honestRefusals: counts.honestRefusals,
    thefts: used.length,
    theftsClosed: used.filter(({ closed }) => closed !== undefined).length,
    detection: rounded(spreadOf(detections(used).map(({ work }) => work))),
    ...(nodes > 1 ? { lateness } : {}),
  }
}

export function writeTable(result: CampaignResult, seed: number, seconds: number): string {
  const { counts, worlds, failure } = result
  const { steps, honestRefusals, thefts, theftsClosed, detection } = summarise(result)
  const used = result.thefts.filter(({ firstUse }) => firstUse !== undefined)
  const wall = spreadOf(detections(used).map((time) => time.wall))
  const { exceptions } = counts
  const rows: readonly (readonly [string, string])[] = [
    ['seed', `${seed}`],
    ['steps', `${number(steps)} in ${number(worlds)} worlds, ${seconds.toFixed(0)} s`],
    ['requests of honest clients', number(counts.requests)],
    ['renewals', `${number(counts.renewals)}; expired and passed within grace: ${number(counts.graced)}`],
    ['lost requests, lost answers', `${number(counts.lostRequests)}, ${number(counts.lostAnswers)}`],
    ['  of them with a new token', number(counts.lostTokens)],
    ['crashes, restored copies', `${number(counts.crashes)}, ${number(counts.restores)}`],
    ...(result.nodes > 1 ? clusterRows(result) : []),
    ['revocations, bans', `${number(counts.revocations)}, ${number(counts.bans)}`],
    ['refusals that were due', number(counts.dueRefusals)],
    ['honest refusals', number(honestRefusals)],
    ['sessions lost by exceptions', ''],
    ['  tabs with private copies', number(exceptions.private)],
    ['  lines slower than grace', number(exceptions.slow)],
    ['  and late answers overwrite', number(exceptions.overwriting)],
    ['thefts', number(thefts)],
    ['thefts closed', number(theftsClosed)],
    ['  fork found, session revoked', number(closedBy(used, 'reuse'))],
    ['  refused by fingerprint', number(closedBy(used, 'refused'))],
    ['  copy superseded, not used again', number(closedBy(used, 'superseded'))],
    ['  session ended otherwise', number(closedBy(used, 'ended'))],
    ['time to detection, lifetimes', ''],
    ['  in the owner’s time at work', spread(detection)],
    ['  by the wall clock', spread(wall)],
    ['invariants', failure === undefined ? 'all held' : `broken: ${failure.violation.invariant}`],
  ]
  return rows.map(([name, value]) => `${name.padEnd(36)}${value}`.trimEnd()).join('\n')
}

/** What is to be said of several servers. */
function clusterRows({ nodes, counts: { cluster } }: CampaignResult): [string, string][] {
  const { delays } = cluster
  const { median, p99, max } = spreadOf(delays)
  return [
    ['servers on one PostgreSQL', `${nodes}`],
    [
      'lines cut, silent; listeners cut',
      numbers(cluster.linesCut, cluster.linesSilent, cluster.listenersCut),
    ],
    ['  answers without a database (503)', number(cluster.unavailable)],
    ['fail-overs, commits lost by them', numbers(cluster.failOvers, cluster.lostCommits)],
    ['  revocations lost, valid again', number(cluster.lostRevocations)],
    ['  sessions lost with their login', number(cluster.lostLogins)],
    ['  sessions lost, taken for reuse', number(cluster.takenForReuse)],
    ['requests passed after revocation', number(delays.length)],
    ['  ms after its commit', `median ${median}, p99 ${p99}, max ${max}; bound ${GOOD_FOR_MS}`],
  ]
}

export const LEGEND = `
An honest refusal is one of a client within the idle and absolute limits, neither revoked nor banned, whose token
nobody stole, where a request reaches the server within grace of its token's renewal. Exceptions break an assumption
on purpose and are counted apart, in sessions. A theft counts from the first use of the copy. It is closed when the
session is revoked, the copy is refused, or it is expired and superseded. Time to detection is taken of the thefts
that worked at least once and were found: from the first renewal after the copy (or the first use, where that is
later) to the revocation or refusal. Owner's time at work: an absence longer than one lifetime counts as one, as
nothing can come to light while the owner is away. Thefts that are not closed: the owner has left the session, or
the world ended.`.trim()

export const CLUSTER_LEGEND = `
Requests that passed after a revocation carried a fresh token to a server that had not heard of it yet. They break an
invariant where they came later than the bound after the commit, and renewals, strict routes and expired tokens break
it in any case. What a fail-over loses is counted apart: acknowledged revocations, so that sessions are valid again;
sessions whose login is gone; and sessions that ended as the renewal of a token was lost while requests with it were
still under way, which then look like reuse.`.trim()

export function writeFailure(
  { plan, violation }: Failure,
  seed: number,
  mutation: string | undefined,
  shrunk: Shrunk,
): string {
  const { rules, nodes } = plan.settings
  const options = `${nodes > 1 ? ` --nodes ${nodes}` : ''}${mutation ? ` --mutation "${mutation}"` : ''}`
  return [
    `Broken: ${violation.invariant}`,
    `        ${violation.detail}`,
    `Repeat: npm run simulate -- --seed ${seed} --world ${plan.number}${options}`,
    `Rules:  ${JSON.stringify(rules)}`,
    '',
    `The shortest history (${shrunk.script.length} of ${plan.script.length} deeds): ${shrunk.violation.detail}`,
    ...shrunk.history,
  ].join('\n')
}

function detections(thefts: readonly Theft[]) {
  return thefts.map(lifetimesToDetection).filter((time) => time !== undefined)
}

function closedBy(thefts: readonly Theft[], how: Closing['how']): number {
  return thefts.filter(({ closed }) => closed?.how === how).length
}

function rounded({ median, p99, max }: Spread): Spread {
  const round = (value: number) => Math.round(value * 1000) / 1000
  return { median: round(median), p99: round(p99), max: round(max) }
}

function spread({ median, p99, max }: Spread): string {
  return `median ${median.toFixed(2)}, p99 ${p99.toFixed(2)}, max ${max.toFixed(2)}`
}

function numbers(...values: readonly number[]): string {
  return values.map(number).join(', ')
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
