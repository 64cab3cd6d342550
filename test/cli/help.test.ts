import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { SETTINGS } from '../../src/server/settings.ts'
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

it.each(['--help', '-h', 'user --help', 'serve -h', 'keys retire --help'])(
  '%s fits the terminal',
  async (words) => {
    const [wide, narrow] = [await cli().run(words), await cli().run(words, { columns: 80 })]
    const long = narrow.output
      .split('\n')
      .filter((line) => line.length > 80 && !line.startsWith('  sliding-jwt '))
    expect([narrow.exit, long]).toEqual([0, []])
    const joined = (text: string) => text.replaceAll(/\s+/g, ' ')
    expect(joined(narrow.output)).toBe(joined(wide.output))
  },
)

it('the help of a group has its commands alone', async () => {
  const { output } = await cli().run('keys --help')
  expect(output.match(/^ {2}[a-z]+ [a-z-]+/gm)).toEqual([
    '  keys list',
    '  keys add',
    '  keys rotate',
    '  keys retire',
  ])
})

it('serve --help names the variables that are no option, too', async () => {
  const { output } = await cli().run('serve --help')
  for (const { variable } of SETTINGS)
    expect(output).toMatch(new RegExp(`^  (--\\S+ … +)?${variable}\\b`, 'm'))
})

it('what goes to nobody any more ends without a word', async () => {
  const command = fileURLToPath(new URL('../../bin/sliding-jwt.js', import.meta.url))
  const child = spawn(process.execPath, [command, 'completion', 'bash'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.destroy()
  const [said, [exit]] = await Promise.all([text(child.stderr), once(child, 'close')])
  expect([exit, said]).toEqual([0, ''])
})
