import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { BLOCKS, blocksOf, EXAMPLES, ROOT } from './blocks.ts'

/** What the two pages say that CI does, and what is told to be run by a test. */
const SAID = BLOCKS.filter(({ reason = '' }) => /^CI itself runs/.test(reason)).flatMap(({ page, code }) =>
  code
    .trimEnd()
    .split('\n')
    .map((line) => ({ page, commands: line.replace(/ +#.*$/, '').split(' && ') })),
)

it('CI runs what README.md and CONTRIBUTING.md say that it does', () => {
  expect(SAID).toEqual([
    { page: 'README.md', commands: ['npm ci', 'npm run demo'] },
    { page: 'README.md', commands: ['npm ci', 'npm test'] },
    { page: 'CONTRIBUTING.md', commands: ['npm ci', 'npm test'] },
  ])
  const script = readFileSync(new URL('.ci/run', ROOT), 'utf8')
  const calls = [...script.matchAll(/^npm .*/gm)].map(([line]) => line.replace(/ --no-\w+| \|\|.*/g, ''))
  expect(calls).toEqual(['npm ci', 'npm test'])
  // What came of the tests is what came of CI.
  expect(script).toMatch(/^npm test\nstatus=\$\?$/m)
})

it('the demo that they name is the one that is tested', () => {
  const test = readFileSync(new URL('demo.test.ts', import.meta.url), 'utf8')
  expect(test).toContain("run('..', 'npm', ['run', 'demo']")
})

it('what another test runs is the script that a page names', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))
  const said = EXAMPLES.flatMap(blocksOf).flatMap(({ code, reason = '' }) => {
    const file = /^(test\/\S+\.ts) runs this command$/.exec(reason)?.[1]
    return file === undefined ? [] : [{ file, script: code.replace('npm run ', '').trim() }]
  })
  expect(said.length).toBeGreaterThan(0)
  for (const { file, script } of said) {
    const program = /^exec node (\S+)$/.exec(scripts[script])?.[1] ?? 'none'
    expect(readFileSync(new URL(file, ROOT), 'utf8')).toContain(`'../../${program}'`)
  }
})
