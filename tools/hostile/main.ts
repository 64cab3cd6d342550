import { parseArgs } from 'node:util'
import { formatTable } from '../../src/cli/output.ts'
import { ALL, type HostileReport, LONGEST_MS, runSubject } from '../../test/hostile/run.ts'

/** `npm run hostile -- --inputs N --seed S`: a million generated inputs; exit code 1 where one breaks something or stalls. */
const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
})
const [inputs, seed] = [readCount('inputs', values.inputs), readCount('seed', values.seed)]

const started = performance.now()
const reports: HostileReport[] = []
for (const subject of ALL) reports.push(await runSubject(subject, inputs, seed, LONGEST_MS))

const rows = reports.map(({ name, inputs: done, longest, failure }) => [
  name,
  done.toLocaleString('en'),
  longest.toFixed(2),
  failure === undefined ? 'none' : 'see below',
])
console.log(formatTable(['WHAT READS THEM', 'INPUTS', 'DEAREST (ms)', 'FAILURE'], rows))
for (const { name, failure } of reports) if (failure !== undefined) console.log(`\n${name}: ${failure}`)

for (const { name, answers } of reports) console.log(`\n${name}: ${told(answers)}`)

const total = reports.reduce((sum, { inputs: done }) => sum + done, 0)
const failures = reports.filter(({ failure }) => failure !== undefined).length
const seconds = ((performance.now() - started) / 1_000).toFixed(0)
console.log(
  `\n${total.toLocaleString('en')} inputs, seed ${seed}, ${seconds} s: ${failures} failures; none may keep the event loop for more than ${LONGEST_MS} ms.`,
)
process.exitCode = failures === 0 ? 0 : 1

/** The answers, most frequent first. */
function told(answers: ReadonlyMap<string, number>): string {
  return [...answers]
    .sort(([, one], [, other]) => other - one)
    .map(([answer, count]) => `${count.toLocaleString('en')} ${answer}`)
    .join(', ')
}

function readCount(name: string, value: string): number {
  const count = Number(value)
  if (Number.isSafeInteger(count) && count > 0) return count
  console.error(`--${name} takes a whole number above 0, got ${JSON.stringify(value)}`)
  process.exit(2)
}
