import { describe, expect, test } from 'vitest'
import { main } from './main.ts'

async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const printed: string[] = []
  const code = await main(args, (text) => printed.push(text))
  return { code, lines: printed.join('\n').split('\n') }
}

describe('npm run simulate', () => {
  test('prints a table and ends with one JSON object', async () => {
    const { code, lines } = await run('--steps', '3000', '--seed', '5', '--json')

    expect(code).toBe(0)
    expect(lines.join('\n')).toMatch(
      /steps +3,000[\s\S]*honest refusals +0\n[\s\S]*thefts closed[\s\S]*all held/,
    )
    const summary = JSON.parse(lines.at(-1) ?? '')
    expect(Object.keys(summary)).toEqual(['steps', 'honestRefusals', 'thefts', 'theftsClosed', 'detection'])
    expect(Object.keys(summary.detection)).toEqual(['median', 'p99', 'max'])
    expect(summary).toMatchObject({ steps: 3000, honestRefusals: 0 })
  })

  test('with several servers, tells how late a revocation was, and what fail-overs lost', async () => {
    const { code, lines } = await run('--steps', '3000', '--seed', '5', '--nodes', '3', '--json')

    expect(code).toBe(0)
    expect(lines.join('\n')).toMatch(
      /servers on one PostgreSQL +3\n[\s\S]*fail-overs, commits lost[\s\S]*bound 1500\n[\s\S]*all held/,
    )
    const { lateness } = JSON.parse(lines.at(-1) ?? '')
    expect(Object.keys(lateness)).toEqual(['median', 'p99', 'max', 'bound'])
  })

  test('ends with 1, the seed and the shortest history where an invariant broke', async () => {
    const { code, lines } = await run('--steps', '20000', '--mutation', 'no grace', '--json')

    expect(code).toBe(1)
    const text = lines.join('\n')
    expect(text).toContain('Broken: an honest client is never refused')
    const [, seed, world] =
      /npm run simulate -- --seed (\d+) --world (\d+) --mutation "no grace"/.exec(text) ?? []
    expect(seed).toBe('1')
    expect(text).toMatch(/The shortest history \(\d+ of \d+ deeds\)[\s\S]*refused, token_reused/)
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ honestRefusals: 1 })

    const again = await run('--seed', '1', '--world', world ?? '', '--mutation', 'no grace')
    expect(again.code).toBe(1)
    expect(again.lines.join('\n')).toContain('Broken: an honest client is never refused')
    const sound = await run('--seed', '1', '--world', world ?? '')
    expect(sound).toMatchObject({ code: 0 })
  }, 30_000)

  test.each([
    [['--steps', 'many'], '--steps takes a whole number, not many.'],
    [['--mutation', 'silence is not noticed'], 'There is no mutation silence is not noticed.'],
    [['--mutation', 'none such'], 'There is no mutation none such.'],
    [['--stepz', '1'], "Unknown option '--stepz'"],
  ])('%j is refused with the usage', async (args, message) => {
    const { code, lines } = await run(...args)

    expect(code).toBe(2)
    expect(lines[0]).toContain(message)
    expect(lines.join('\n')).toContain('--steps N')
  })

  test('--help tells the options', async () => {
    const { code, lines } = await run('--help')

    expect(code).toBe(0)
    expect(lines.join('\n')).toContain('--compare')
    expect(lines.join('\n')).toContain('--nodes N')
  })
})
