import { parseArgs } from 'node:util'
import { type Conditions, type Failure, planWorld, runCampaign } from './campaign.ts'
import { compareDesigns } from './compare.ts'
import { comparisonTable } from './comparison-table.ts'
import { DOCS, writeDocument } from './document.ts'
import { MUTATIONS, type Mutation } from './mutations.ts'
import { NODE_MUTATIONS } from './nodes/mutations.ts'
import { CLUSTER_LEGEND, LEGEND, summarise, writeFailure, writeTable } from './report.ts'
import { shrink } from './shrink.ts'
import { World } from './world.ts'

const namesOf = (mutations: readonly Mutation[]) => mutations.map(({ name }) => name).join('; ')

const USAGE = `npm run simulate -- [options]
  --steps N        steps to simulate (1000000)
  --seed S         the seed, a whole number (1)
  --json           the last line is one JSON object
  --nodes N        several servers on one PostgreSQL, with lines that fail and fail-overs (1: one, on SQLite)
  --world W        one world of the seed alone, to repeat a failure
  --mutation NAME  break the protocol on purpose: ${namesOf(MUTATIONS)}
                   with several servers also: ${namesOf(NODE_MUTATIONS)}
  --compare        compare four designs, and write the table and the plot into the documentation
  --into FOLDER    write them there, and not into docs
  --worlds N       how many worlds each design is put into (60)`

const OPTIONS = {
  steps: { type: 'string', default: '1000000' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  nodes: { type: 'string', default: '1' },
  world: { type: 'string' },
  mutation: { type: 'string' },
  compare: { type: 'boolean', default: false },
  into: { type: 'string', default: DOCS },
  worlds: { type: 'string', default: '60' },
  help: { type: 'boolean', default: false },
} as const

type Print = (line: string) => void

/** Runs the command; answers with its exit code: 1 where an invariant broke, 2 where it was called wrongly. */
export async function main(args: readonly string[], print: Print): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    if (values.help) {
      print(USAGE)
      return 0
    }
    const seed = wholeNumber('seed', values.seed)
    if (values.compare) {
      return await compare(seed, wholeNumber('worlds', values.worlds), values.into, print)
    }
    const nodes = Math.max(1, wholeNumber('nodes', values.nodes))
    const conditions = { nodes, mutation: mutationOf(values.mutation, nodes) }
    if (values.world !== undefined) {
      return await repeat(seed, wholeNumber('world', values.world), conditions, print)
    }
    return await simulate(seed, wholeNumber('steps', values.steps), conditions, values.json, print)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    print(`${error.message}\n\n${USAGE}`)
    return 2
  }
}

async function simulate(
  seed: number,
  steps: number,
  conditions: Conditions,
  asJson: boolean,
  print: Print,
): Promise<number> {
  const begin = performance.now()
  const result = await runCampaign(seed, steps, conditions)
  print(writeTable(result, seed, (performance.now() - begin) / 1000))
  print(`\n${LEGEND}`)
  if (result.nodes > 1) print(`\n${CLUSTER_LEGEND}`)
  if (result.failure !== undefined) await explain(result.failure, seed, conditions, print)
  if (asJson) print(JSON.stringify(summarise(result)))
  return result.failure === undefined ? 0 : 1
}

async function repeat(seed: number, number: number, conditions: Conditions, print: Print): Promise<number> {
  const plan = planWorld(seed, number, conditions.nodes)
  const { violation, steps } = await new World({ ...plan, ...conditions }).run()
  if (violation === undefined) {
    print(`World ${number} of seed ${seed}: all invariants held over ${steps} steps.`)
    return 0
  }
  await explain({ plan, violation }, seed, conditions, print)
  return 1
}

async function explain(failure: Failure, seed: number, conditions: Conditions, print: Print): Promise<void> {
  const shrunk = await shrink(failure, conditions)
  print(`\n${writeFailure(failure, seed, conditions.mutation?.name, shrunk)}\n`)
}

async function compare(seed: number, worlds: number, into: string, print: Print): Promise<number> {
  const results = await compareDesigns(seed, worlds)
  print(comparisonTable(results))
  await writeDocument(results, into)
  return 0
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d{1,10}$/.test(value)) throw new TypeError(`--${name} takes a whole number, not ${value}.`)
  return Number(value)
}

function mutationOf(name: string | undefined, nodes: number): Mutation | undefined {
  if (name === undefined) return undefined
  const mutations = nodes === 1 ? MUTATIONS : [...MUTATIONS, ...NODE_MUTATIONS]
  const mutation = mutations.find((one) => one.name === name)
  if (mutation === undefined) throw new TypeError(`There is no mutation ${name}.`)
  return mutation
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`))
}
