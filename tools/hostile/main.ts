import { parseArgs } from 'node:util'
import { formatTable } from '../../src/cli/output.ts'
import { runHostile } from '../../test/hostile/run.ts'

/** `npm run hostile -- --inputs N --seed S`: a million generated inputs; exit code 1 where one breaks something or stalls. */
const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
})
const LONGEST_MS = 50

const reports = runHostile(Number(values.inputs), Number(values.seed))
const rows = reports.map(({ name, inputs, longest, failure }) => [
  name,
  String(inputs),
  longest.toFixed(1),
  failure === undefined ? 'none' : failure,
])
console.log(formatTable(['WHAT READS THEM', 'INPUTS', 'LONGEST CALL (ms)', 'FAILURE'], rows))
const isRight = reports.every(({ failure, longest }) => failure === undefined && longest <= LONGEST_MS)
process.exitCode = isRight ? 0 : 1
