import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CANDIDATES } from './candidates/all.ts'
import type { Candidate } from './candidates/candidate.ts'
import { measureGrowth } from './growth.ts'
import { describeMachine, listVersions } from './machine.ts'
import type { Options } from './options.ts'
import type { Outcome } from './outcome.ts'
import { writePlots } from './plots.ts'
import { startPostgres } from './postgres.ts'
import type { Progress } from './progress.ts'
import { measureRenewPostgres } from './renew-postgres.ts'
import { formatReport } from './report.ts'
import { measureRequests } from './requests.ts'
import type { Path, Report, Row } from './results.ts'
import { measureRevokeAll } from './revoke-all.ts'

/** Measures everything and everybody, and writes it down. */
export async function measure(folder: string, options: Options, progress: Progress): Promise<Outcome> {
  const report: Report = {
    machine: describeMachine(folder, options.awake),
    versions: listVersions(),
    date: new Date().toISOString(),
    rows: await measureAll(CANDIDATES, folder, options, progress),
  }
  const json = options.json ?? join(import.meta.dirname, 'output', 'results.json')
  mkdirSync(dirname(json), { recursive: true })
  writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
  const plots = writePlots(report, options.plots)
  return { text: `${formatReport(report)}\nWritten: ${[json, ...plots].join(', ')}`, exitCode: 0 }
}

/** The rows of some candidates, and of what has no peers. */
export async function measureAll(
  candidates: readonly Candidate[],
  folder: string,
  options: Options,
  progress: Progress,
): Promise<Row[]> {
  const has = (path: Path) => options.paths.includes(path)
  const chosen = candidates.filter(({ path }) => has(path))
  const postgres =
    has('renew-postgres') || chosen.some((one) => one.isOnPostgres)
      ? await startPostgres(progress)
      : undefined
  try {
    const possible = chosen.filter((one) => one.isOnPostgres !== true || postgres !== undefined)
    return [
      ...(await measureRequests(possible, folder, options, progress, postgres)),
      ...(postgres && has('renew-postgres') ? await measureRenewPostgres(postgres, options, progress) : []),
      ...(has('growth') ? await measureGrowth(folder, options, progress) : []),
      ...(has('revoke-all') ? await measureRevokeAll(folder, options, progress) : []),
    ]
  } finally {
    await postgres?.stop()
  }
}
