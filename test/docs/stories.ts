import { isInstalled } from '../examples/run.ts'
import { hasPostgres } from '../support/postgres.ts'
import { type Block, blocksOf } from './blocks.ts'
import { type Step, stepsOf } from './transcript.ts'

/** The commands of a page, or of a part of it, in their order: each finds what those before it have left. */
export interface Story {
  /** Of its first block, such as `docs/keys.md:52`. */
  readonly place: string
  readonly page: string
  readonly steps: readonly (Step & { readonly place: string })[]
  /** What the machine lacks for it; undefined where nothing is lacking. */
  readonly lacks: string | undefined
}

/** What not every machine has, by the block that first asks for it: a story of its own begins there. */
const NEEDS: readonly (readonly [asks: RegExp, needs: Readonly<Record<string, boolean>>])[] = [
  [/\bexample:nginx\b/, { nginx: isInstalled('nginx'), python3: isInstalled('python3') }],
  [/\bpython3 /, { curl: isInstalled('curl'), python3: isInstalled('python3') }],
  [/postgres:\/\//, { PostgreSQL: hasPostgres }],
]

/** What is run by first-steps.test.ts: with the package as it is packed. */
export const FROM_CHECKOUT = /\bnpm pack\b/

/** The stories of a page. */
export function storiesOf(page: string): Story[] {
  const stories: {
    page: string
    place: string
    steps: Story['steps'][number][]
    lacks: string | undefined
  }[] = []
  for (const block of blocksOf(page)) {
    if (block.reason !== undefined || FROM_CHECKOUT.test(block.code)) continue
    const place = `${page}:${block.line}`
    const steps = commandsOf(block).map((step) => ({ ...step, place: `${place}: ${step.command}` }))
    if (steps.length === 0) continue
    const needs = NEEDS.find(([asks]) => asks.test(block.code))?.[1]
    const story = needs === undefined ? stories.at(-1) : undefined
    if (story !== undefined) story.steps.push(...steps)
    else stories.push({ page, place, steps, lacks: missingOf(needs ?? { curl: isInstalled('curl') }) })
  }
  return stories
}

function commandsOf({ language, code }: Block): Step[] {
  if (language === 'console') return stepsOf(code)
  return language === 'sh' ? [{ command: code, shown: '' }] : []
}

function missingOf(needs: Readonly<Record<string, boolean>>): string | undefined {
  return Object.keys(needs).find((name) => needs[name] === false)
}
