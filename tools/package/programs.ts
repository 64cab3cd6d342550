import { readFileSync } from 'node:fs'

/** What the README's program takes for granted, in TypeScript and in JavaScript. */
const GIVEN = `
const users = { claimsOf: (_userId: string) => ({ role: 'admin' }) }
const checkPassword = async (_body: unknown) => ({ id: 'ada' })
const ordersOf = (userId: string) => ['tea for ' + userId]
`
const GIVEN_UNTYPED = GIVEN.replaceAll(/: (string|unknown)/g, '')

const IMPORT = /^import (.+) from '([^']+)'$/gm

/** The README's program as it is written in TypeScript, in a module and in CommonJS, by file; on a port. */
export function programs(port: number): Readonly<Record<string, string>> {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, shown = ''] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? []
  const code = shown.replace('listen(3000)', `listen(${port}, '127.0.0.1')`)
  const imports = (code.match(IMPORT) ?? []).join('\n')
  const body = code.replaceAll(IMPORT, '')
  return {
    'typescript.ts': [imports, GIVEN, body].join('\n'),
    'module.mjs': [imports, GIVEN_UNTYPED, body].join('\n'),
    'common.cjs': [
      imports.replaceAll(IMPORT, "const $1 = require('$2')"),
      GIVEN_UNTYPED,
      `async function main() {\n${body}\n}\nmain()`,
    ].join('\n'),
  }
}
