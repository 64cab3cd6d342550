import { parseArgs } from 'node:util'
import { PATHS, type Path } from './results.ts'

/** What a run is to do. */
export interface Options {
  readonly kind: 'measure' | 'check' | 'memory' | 'profile'
  readonly quick: boolean
  /** What is measured. */
  readonly paths: readonly Path[]
  /** How often the processes are started anew. */
  readonly lives: number
  /** Rounds on each path that has requests, in each life. */
  readonly rounds: number
  /** Milliseconds. */
  readonly slice: number
  /** Sessions that take turns. */
  readonly sessions: number
  /** Whether the load stays awake; else each answer pays for waking it up. */
  readonly awake: boolean
  /** How many sessions the databases have whose growth is looked at. */
  readonly sizes: readonly number[]
  /** Rounds of growth, and users whose sessions are revoked. */
  readonly storeRounds: number
  /**
   * Seconds from the beginning, after which each part goes on to the next although there should be more; of
   * rounds there are always two.
   */
  readonly until: {
    readonly warm: number
    readonly requests: number
    readonly lives: number
    readonly postgres: number
    readonly growth: number
  }
  /** Where the results are written as JSON. */
  readonly json: string | undefined
  /** The folder of the plots. */
  readonly plots: string
}

/** Even where the time is up. */
export const FEWEST_ROUNDS = 2

export const HELP = `npm run bench -- [options]

  --quick         fewer slices of the same method, no neighbour, growth to 1 million sessions; within 4 minutes
  --json FILE     writes the results as JSON
  --plots FOLDER  where the plots go (docs/images; with --quick bench/output)
  --only PATH,…   only these: ${PATHS.join(', ')}; plots go to bench/output
  --check         compares with bench/baseline.json; fails where a paired ratio fell by more than 10 %
  --memory        shows what the default cacheSize takes in memory
  --profile       shows where a fresh and a renewed request of sliding-jwt spend their CPU
  --asleep        lets the load sleep between answers, as wrk does: each then pays for a wake-up
  --rounds N      as many rounds
  --sizes N,N…    as many sessions in the databases that grow; the first is the reference
`

const FULL = {
  quick: false,
  paths: PATHS,
  lives: 6,
  rounds: 6,
  slice: 1_250,
  sessions: 1_000,
  sizes: [10_000, 100_000, 1_000_000, 10_000_000],
  storeRounds: 20,
  until: { warm: 400, requests: 2_000, lives: 2_000, postgres: 2_500, growth: 4_000 },
  plots: 'docs/images',
}

const QUICK = {
  quick: true,
  paths: PATHS.filter((path) => path !== 'neighbour'),
  lives: 3,
  rounds: 3,
  slice: 800,
  sessions: 300,
  sizes: [10_000, 100_000, 1_000_000],
  storeRounds: 5,
  until: { warm: 70, requests: 100, lives: 140, postgres: 190, growth: 210 },
  plots: 'bench/output',
}

/** The check measures sliding-jwt only, and so has time for more lives. */
const CHECK = { ...QUICK, lives: 5 }

/** Reads the command line; undefined where it asks for help. Throws where it has what nobody knows. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean' },
      quick: { type: 'boolean' },
      check: { type: 'boolean' },
      memory: { type: 'boolean' },
      profile: { type: 'boolean' },
      asleep: { type: 'boolean' },
      only: { type: 'string' },
      json: { type: 'string' },
      plots: { type: 'string' },
      rounds: { type: 'string' },
      sizes: { type: 'string' },
    },
  })
  if (values.help === true) return undefined
  const kind = (['check', 'memory', 'profile'] as const).find((one) => values[one] === true) ?? 'measure'
  const given = kind === 'check' ? CHECK : values.quick === true ? QUICK : FULL
  return {
    ...given,
    kind,
    awake: values.asleep !== true,
    paths: values.only?.split(',').map(readPath) ?? given.paths,
    json: values.json,
    plots: values.plots ?? (values.only === undefined ? given.plots : QUICK.plots),
    rounds: readCount('--rounds', values.rounds) ?? given.rounds,
    sizes: values.sizes?.split(',').map((size) => readCount('--sizes', size) ?? 0) ?? given.sizes,
  }
}

function readPath(name: string): Path {
  const path = PATHS.find((one) => one === name)
  if (path === undefined) throw new Error(`--only takes some of ${PATHS.join(', ')}, not ${name}`)
  return path
}

function readCount(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new Error(`${option} takes whole numbers above 0, not ${value}`)
  return Number(value)
}
