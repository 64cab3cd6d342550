import { readFileSync } from 'node:fs'

const IMPORT = /^import (.+) from '([^']+)'$/gm

/** The README's program as it is written in TypeScript, in a module and in CommonJS, by file; on a port. */
export function programs(port: number): Readonly<Record<string, string>> {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, shown = ''] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? []
  const code = shown.replace('listen(3000, ', `listen(${port}, '127.0.0.1', `)
  const imports = (code.match(IMPORT) ?? []).join('\n')
  const body = code.replaceAll(IMPORT, '')
  return {
    'typescript.ts': code,
    'module.mjs': code,
    'common.cjs': [
      imports.replaceAll(IMPORT, "const $1 = require('$2')"),
      `async function main() {\n${body}\n}\nmain()`,
    ].join('\n'),
  }
}
