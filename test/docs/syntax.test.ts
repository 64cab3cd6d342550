import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { isInstalled } from '../examples/run.ts'
import { BLOCKS, type Block, blocksOf, EXAMPLES, named, ROOT } from './blocks.ts'

/** Those that another test runs as they are; `bash` is that of examples/curl. */
const ELSEWHERE = new Set(['sh', 'bash', 'console', 'ts', 'caddyfile'])

/** How the others are checked: what is wrong with one, or undefined. */
const CHECKS: Readonly<Record<string, (code: string) => string | undefined>> = {
  js: (code) => {
    const { diagnostics = [] } = ts.transpileModule(code, { reportDiagnostics: true })
    return diagnostics.map(({ messageText }) => String(messageText)).join() || undefined
  },
  json: (code) => {
    JSON.parse(code)
    return undefined
  },
  nginx: checkNginx,
  python: (code) => checkBy('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], code),
  ini: (code) => lineThatIsNot(code, /^(\[\w+\]|\w+=.+|)$/),
  dockerfile: (code) =>
    lineThatIsNot(code, /^(FROM|ARG|RUN|USER|WORKDIR|ENV|VOLUME|EXPOSE|HEALTHCHECK|CMD|#) .+$/),
  yaml: (code) => lineThatIsNot(code, /^( {2})*(- )?[\w-]+:( .+)?$/),
  http: (code) => lineThatIsNot(code, /^([A-Z]+ \/\S* HTTP\/1\.1|HTTP\/1\.1 \d{3} .+|[\w-]+: .+|\{.*|)$/),
  // Without a language: an output, or commands that take long, whose scripts there must be.
  '': (code) => {
    const { scripts } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))
    const names = [...code.matchAll(/^npm run ([\w:-]+)/gm)].map(([, name = '']) => name)
    return names.find((name) => scripts[name] === undefined)
  },
}

const ALL = [...BLOCKS, ...EXAMPLES.flatMap(blocksOf)]
const CHECKED = ALL.filter(({ language }) => !ELSEWHERE.has(language))
const NOT_RUN = ALL.filter(({ reason }) => reason !== undefined)

describe('blocks of the documentation that are not programs', () => {
  it.each(named(CHECKED))('%s is well-formed', (_place, { language, code }) => {
    expect(CHECKS).toHaveProperty([language])
    expect(CHECKS[language]?.(code)).toBeUndefined()
  })
})

it('few blocks are not run, each for a reason', () => {
  const places = NOT_RUN.map(({ page, line, reason }: Block) => `${page}:${line}: ${reason}`)
  expect(places.length, places.join('\n')).toBeLessThanOrEqual(5)
})

function lineThatIsNot(code: string, form: RegExp): string | undefined {
  return code
    .trimEnd()
    .split('\n')
    .find((line) => !form.test(line))
}

function checkBy(program: string, args: readonly string[], input: string): string | undefined {
  if (!isInstalled(program)) return undefined
  const { status, stderr } = spawnSync(program, args, { input, encoding: 'utf8' })
  return status === 0 ? undefined : stderr
}

/** By nginx itself, where there is one: with certificates left out, as it would read them. */
function checkNginx(code: string): string | undefined {
  const nginx = ['nginx', '/usr/sbin/nginx'].find(isInstalled)
  if (nginx === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-docs-'))
  try {
    const site = code
      .replace(/^\s*ssl_certificate.*$/gm, '')
      .replace(/listen 443 ssl;/, 'listen 127.0.0.1:8443;')
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (what) => `${what}_temp_path ${what};`,
    )
    const path = join(folder, 'nginx.conf')
    writeFileSync(
      path,
      `pid pid;\nerror_log stderr;\nevents {}\nhttp {\n${temp.join('\n')}\naccess_log off;\n${site}}\n`,
    )
    return checkBy(nginx, ['-t', '-q', '-p', folder, '-c', path], '')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
