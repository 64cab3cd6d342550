import { parseArgs } from 'node:util'
import { expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { cli } from './run.ts'

it.each(COMMANDS.map(({ name }) => name))(
  '%s --help says what it takes and means, with examples',
  async (name) => {
    const command = COMMANDS.find((candidate) => candidate.name === name)
    const { exit, output } = await cli().run(`${name} --help`)
    expect(exit).toBe(0)
    expect(output).toContain(`Usage: sliding-jwt ${[name, ...(command?.takes ?? [])].join(' ')} [options]`)
    expect(output).toContain('--json')
    for (const flag of Object.keys(command?.options ?? {})) expect(output).toContain(`--${flag}`)
    expect(output).toContain(`Examples:\n\n  sliding-jwt ${name}`)
  },
)

it.each(COMMANDS.flatMap((command) => (command.examples ?? []).map((example) => ({ example, command }))))(
  'the example sliding-jwt $example is right',
  ({ example, command }) => {
    const [words = ''] = example.split(/ [<>] /)
    const args = words
      .replace(/\$\(.*?\)/, 'x')
      .split(' ')
      .slice(command.name.split(' ').length)
    const options = { ...command.options, json: { type: 'boolean' as const } }
    const { positionals } = parseArgs({ args, options, allowPositionals: true, strict: true })
    expect(words.startsWith(command.name)).toBe(true)
    expect(positionals).toHaveLength(command.takes.length)
  },
)

it('the overview has every command', async () => {
  const { output } = await cli().run('--help')
  for (const { name, meaning } of COMMANDS)
    expect(output).toMatch(new RegExp(`^  ${name}.* {2}${meaning}$`, 'm'))
})
