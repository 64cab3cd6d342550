import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runKills } from '../../test/faults/kills.ts'

/** `npm run faults -- --kills N --seed S`: kills a server under load, again and again; exit code 1 where a promise broke. */
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
})
const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-faults-'))
try {
  const report = await runKills({
    kills: Number(values.kills),
    seed: Number(values.seed),
    database: join(folder, 'sessions.db'),
    onKill: ({ kills, broken }) =>
      process.stderr.write(`\rkill ${kills} of ${values.kills}, ${broken.length} broken promises`),
  })
  const { kills, logins, renewals, revocations, lost, broken } = report
  console.log(`\nseed ${values.seed}: ${kills} kills under load`)
  console.log(`acknowledged and checked: ${logins} logins, ${renewals} renewals, ${revocations} revocations`)
  console.log(`answers lost by a kill: ${lost}`)
  console.log(`broken promises: ${broken.length}`)
  for (const promise of broken) console.log(`  ${promise}`)
  process.exitCode = broken.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}
