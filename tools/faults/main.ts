import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type KillReport, runKills } from '../../test/faults/kills.ts'

/**
 * `npm run faults -- --kills N --seed S --survivors P`: kills a server under load, again and again, where wanted
 * with others beside it on the same file; exit code 1 where a promise broke.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    survivors: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-faults-'))
try {
  const report = await runKills({
    kills: Number(values.kills),
    seed: Number(values.seed),
    survivors: Number(values.survivors),
    database: join(folder, 'sessions.db'),
    onRestart: ({ kills, broken }) =>
      process.stderr.write(`kill ${kills} of ${values.kills}, ${broken.length} broken promises\n`),
  })
  print(report)
  process.exitCode = report.broken.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}

function print(report: KillReport): void {
  const { kills, killsAtStart, answers, logins, renewals, revocations, lost, checks, broken } = report
  console.log(
    `seed ${values.seed}: ${kills} kills under load, and ${killsAtStart} more of a server that was starting`,
  )
  console.log(
    `acknowledged: ${logins} logins, ${renewals} renewals, ${revocations} sessions revoked, in ${answers} answers`,
  )
  console.log(`answers lost by a kill: ${lost}`)
  console.log(`looked for after the restarts: ${checks} times, in the file and by requests`)
  console.log(`broken promises: ${broken.length}`)
  for (const promise of broken) console.log(`  ${promise}`)
  if (values.json) console.log(JSON.stringify({ seed: Number(values.seed), ...report }))
}
