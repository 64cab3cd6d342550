import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { blocksOf, EXAMPLES, PAGES, ROOT } from './blocks.ts'
import { optionsOf } from './options.ts'
import { stepsOf } from './transcript.ts'

const NAMING = [...PAGES, ...EXAMPLES, 'SECURITY.md', 'bench/README.md']

const { scripts } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))

/** Every command of this package that a page names, in the text or in a block. */
const NAMED = [...new Map(NAMING.flatMap((page) => commandsIn(page).map((command) => [command, page])))].map(
  ([command, page]) => ({ command, page }),
)

function commandsIn(page: string): string[] {
  const blocks = blocksOf(page).flatMap(({ language, code }) => {
    if (language === 'console') return stepsOf(code).map(({ command }) => command)
    return ['sh', 'bash', ''].includes(language) ? [code] : []
  })
  const text = readFileSync(new URL(page, ROOT), 'utf8')
  const inline = [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/`([^`]+)`/g)]
  const codes = [
    ...blocks.flatMap((code) => code.replaceAll('\\\n', ' ').split('\n')),
    ...inline.map(([, code = '']) => code.replaceAll(/\s+/g, ' ')),
  ]
  return codes
    .flatMap((code) => code.replace(/(^|\s+)#(\s.*)?$/, '').split(/&&|\||;/))
    .map((code) => code.trim().replace(/^(\w+=('[^']*'|\$\([^)]*\)|\S)* )*/, ''))
    .filter((code) => /^(npm (run [\w:-]+|test|start)|(npx )?sliding-jwt [a-z-]+)( |$)/.test(code))
}

/** What is wrong with a command; undefined where nothing is. */
function problemOf(command: string): string | undefined {
  const [program, ...words] = command.replace(/^npx /, '').match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? []
  try {
    if (program === 'npm') checkScript(words[0] === 'run' ? words.slice(1) : words)
    else checkCommand(words)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function checkScript([name = '', ...rest]: string[]): void {
  const script: string | undefined = scripts[name]
  if (script === undefined) throw new Error(`there is no script ${name}`)
  if (rest.length === 0) return
  if (rest[0] !== '--') throw new Error('npm itself would take what does not stand behind --')
  const file = /node (\S+\.ts)$/.exec(script)?.[1]
  if (file === undefined) throw new Error(`${name} takes no options`)
  parseArgs({ args: rest.slice(1), options: optionsOf(new URL(file, ROOT)), strict: true })
}

function checkCommand(words: string[]): void {
  const command = COMMANDS.find(({ name }) => `${words.join(' ')} `.startsWith(`${name} `))
  if (command === undefined) throw new Error(`there is no command ${words.join(' ')}`)
  const { positionals } = parseArgs({
    args: words.slice(command.name.split(' ').length),
    options: { ...command.options, json: { type: 'boolean' } },
    allowPositionals: true,
    strict: true,
  })
  if (positionals.length !== command.takes.length)
    throw new Error(`it takes ${command.takes.join(' ') || 'nothing'}`)
}

describe('commands that are named', () => {
  it.each(NAMED)('$page: $command', ({ command }) => {
    expect(problemOf(command)).toBeUndefined()
  })

  it('are found', () => {
    expect(NAMED.map(({ command }) => command)).toEqual(
      expect.arrayContaining([
        'npm test',
        'npm run bench -- --quick',
        'npm run simulate -- --nodes 3 --steps 1000000 --seed 1',
        'npx sliding-jwt serve',
        'sliding-jwt keys retire --force 3f9a1c07b2e4',
      ]),
    )
  })

  it.each([
    ['npm run bench -- --only fresh', undefined],
    ['npm run bench --only fresh', 'npm itself would take what does not stand behind --'],
    ['npm run bench -- --onyl fresh', "Unknown option '--onyl'"],
    ['npm run none', 'there is no script none'],
    ['npm run simulate -- --mutation "no grace"', undefined],
    ['npm run simulate -- --json 3', 'Unexpected argument'],
    ['npm run lint -- --fix', 'lint takes no options'],
    ['npm run demo -- --fast', "Unknown option '--fast'"],
    ['npx sliding-jwt keys rotate --alg ES256', undefined],
    ['sliding-jwt keys rotate --algorithm ES256', "Unknown option '--algorithm'"],
    ['sliding-jwt keys turn', 'there is no command keys turn'],
    ['sliding-jwt keys retire', 'it takes KID'],
  ])('%s: %s', (command, problem) => {
    if (problem === undefined) expect(problemOf(command)).toBeUndefined()
    else expect(problemOf(command)).toContain(problem)
  })
})
