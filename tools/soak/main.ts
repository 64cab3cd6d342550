import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { complaintsOf } from './judge.ts'
import { runSoak, type Sample, type SoakReport } from './soak.ts'
import type { Tally } from './tally.ts'

/**
 * `npm run soak -- --minutes M`: logins, renewals, revocations, thefts and pruning against a real server; prints
 * memory, errors and the size of the WAL, and ends with exit code 1 where memory grows or an answer is wrong.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})

/** So many samples, and a few more, whatever the length. */
const SAMPLES = 60

/** More than the server remembers by default. */
const FILL = 11_000

const seconds = Number(values.minutes) * 60
const warmUp = Math.max(seconds / 3, Math.min(60, seconds / 2))
const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-soak-'))
try {
  const report = await runSoak({
    seconds,
    warmUp,
    every: Math.max(1, seconds / SAMPLES),
    seed: Number(values.seed),
    fill: FILL,
    database: join(folder, 'sessions.db'),
    onSample: printSample,
  })
  print(report)
} finally {
  rmSync(folder, { recursive: true })
}

function printSample({ seconds, rss, heap, external, wal, file }: Sample, { counts }: Tally): void {
  const mb = (value: number) => value.toFixed(1).padStart(6)
  console.log(
    `${seconds.toFixed(0).padStart(6)} s  RSS${mb(rss)} MB  heap${mb(heap)} MB  external${mb(external)} MB  ` +
      `WAL${mb(wal)} MB  file${mb(file)} MB  ${counts.requests} requests  ${counts.wrong} wrong`,
  )
}

function print(report: SoakReport): void {
  const { counts, growth, wal, wrong } = report
  console.log(
    `${values.minutes} minutes, seed ${values.seed}: ${counts.requests} requests, ${counts.logins} logins, ` +
      `${counts.renewals} renewals, ${counts.revocations} revocations, ${counts.thefts} thefts caught, ` +
      `${counts.refusals} strangers refused, ${counts.pruned} sessions pruned`,
  )
  console.log(
    `growth after ${warmUp} s: heap ${growth.heap.toFixed(2)} MB a minute, RSS ${growth.rss.toFixed(2)} MB a minute; ` +
      `largest WAL ${wal.toFixed(1)} MB; ${counts.wrong} wrong answers`,
  )
  for (const what of wrong) console.log(`  ${what}`)
  const complaints = complaintsOf(report)
  for (const complaint of complaints) console.log(`not good: ${complaint}`)
  if (values.json) console.log(JSON.stringify({ ...counts, growth, wal, complaints }))
  process.exitCode = complaints.length === 0 ? 0 : 1
}
