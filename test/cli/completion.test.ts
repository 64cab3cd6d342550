import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { cli } from './run.ts'

const SHELLS = ['bash', 'zsh', 'fish']

const isInstalled = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0

async function scriptFor(shell: string) {
  const { folder, run } = cli()
  const path = join(folder, 'completion')
  writeFileSync(path, (await run(`completion ${shell}`)).output)
  return path
}

describe('completion', () => {
  it.skipIf(!isInstalled('bash')).each([
    [[''], ['serve', 'user', 'sessions', 'prune', 'backup', 'doctor', 'completion', '--help', '--version']],
    [['se'], ['serve', 'sessions']],
    [
      ['user', ''],
      ['add', 'list', 'disable', 'enable', 'password'],
    ],
    [
      ['sessions', 'revoke'],
      ['revoke', 'revoke-all'],
    ],
    [['user', 'add', 'anna', '--r'], ['--role']],
    [
      ['prune', '--'],
      ['--database-url', '--token-ttl', '--idle-timeout', '--max-age', '--json', '--help'],
    ],
    [['nothing', ''], []],
  ])('for bash, after %j', async (words, expected) => {
    const path = await scriptFor('bash')
    const quoted = words.map((word) => `'${word}'`).join(' ')
    const story = `source '${path}'; COMP_WORDS=(sliding-jwt ${quoted}); COMP_CWORD=${words.length}; _sliding_jwt; echo "\${COMPREPLY[@]}"`
    const found = execFileSync('bash', ['--norc', '-uc', story]).toString().trim().split(' ').filter(Boolean)
    expect(found).toEqual(expect.arrayContaining(expected))
    if (words.length > 1) expect(found).toHaveLength(expected.length)
  })

  it.each(SHELLS)('for %s has every command and flag', async (shell) => {
    const { output, exit } = await cli().run(`completion ${shell}`)
    expect(exit).toBe(0)
    for (const { name, options } of COMMANDS) {
      for (const word of name.split(' ')) expect(output).toContain(word)
      for (const flag of Object.keys(options)) expect(output).toContain(flag)
    }
  })

  it.for(SHELLS)('for %s is in its grammar', async (shell, { skip }) => {
    skip(!isInstalled(shell), `${shell} is not installed`)
    expect(spawnSync(shell, ['-n', await scriptFor(shell)])).toMatchObject({ status: 0 })
  })

  it('for another shell is called wrongly', async () => {
    expect(await cli().run('completion tcsh')).toMatchObject({ exit: 2, output: '' })
  })
})
