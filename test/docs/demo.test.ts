import { expect, it } from 'vitest'
import { run } from '../examples/run.ts'

it('the demo goes as told', { timeout: 120_000 }, async () => {
  const told = await run('..', process.execPath, ['tools/demo/main.ts'], {})
  expect(told).toContain('Everything went as told.')
})
