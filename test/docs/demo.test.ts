import { expect, it } from 'vitest'
import { run } from '../examples/run.ts'

it('npm run demo goes as told', { timeout: 120_000 }, async () => {
  const told = await run('..', 'npm', ['run', 'demo'], {})
  expect(told).toContain('Everything went as told.')
})
