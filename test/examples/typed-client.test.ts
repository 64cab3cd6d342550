import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import openapiTypescript, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { expect, it, onTestFinished } from 'vitest'
import { openApiDocument } from '../../src/server/openapi/document.ts'
import { blocksOf } from '../docs/blocks.ts'
import { addUser, PASSWORD, startBench } from '../server/support.ts'
import { HOUR, T0 } from '../support/records.ts'
import { run } from './run.ts'

const FOLDER = fileURLToPath(new URL('../../examples/typed-client', import.meta.url))

const RIGHT = `
import { typedClient } from './client.ts'
const client = typedClient('http://localhost:3000')
const login = await client.POST('/login', { body: { username: 'ada', password: 'correct horse battery' } })
if (login.error) {
  const code: 'credentials_invalid' | 'body_invalid' | 'rate_limited' | 'payload_too_large' | 'internal' | 'unavailable' =
    login.error.code
  console.log(code)
} else {
  const token: string = login.data.token
  const device: string = login.data.session.device.name
  console.log(token, device)
}
const { data } = await client.GET('/admin/users', { params: { query: { search: 'a', limit: 10 } } })
const names: string[] | undefined = data?.users.map(({ username }) => username)
await client.PATCH('/admin/users/{id}', { params: { path: { id: 'x' } }, body: { role: 'admin' } })
await client.DELETE('/me/sessions', { params: { query: { except: 'current' } } })
console.log(names)
`

/** One mistake a line. */
const WRONG = `import { typedClient } from './client.ts'
const client = typedClient('http://localhost:3000')
await client.GET('/nothing')
await client.POST('/login', { body: { username: 'ada' } })
await client.GET('/admin/users', { params: { query: { limit: 'all' } } })
await client.PATCH('/admin/users/{id}', { body: { role: 'admin' } })
await client.PATCH('/admin/users/{id}', { params: { path: { id: 'x' } }, body: { role: 'root' } })
console.log((await client.GET('/me')).data?.user.passwordHash)
`

/** What the README shows, as a program of somebody whose password is known. */
const SHOWN =
  blocksOf('examples/typed-client/README.md').find(({ language }) => language === 'ts')?.code ?? ''
const README = `import { typedClient } from './client.ts'\nconst password = '${PASSWORD}'\n${SHOWN}`

/** Compiles files that exist nowhere but here, beside those that do; the lines that are wrong, by file. */
function wrongLines(files: Readonly<Record<string, string>>): Record<string, number[]> {
  const { config } = ts.readConfigFile(
    fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    ts.sys.readFile,
  )
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, FOLDER)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.fileExists = (path) => path in files || fileExists(path)
  host.readFile = (path) => files[path] ?? readFile(path)
  const program = ts.createProgram(Object.keys(files), options, host)
  const sources = [...Object.keys(files), `${FOLDER}/client.ts`].map((path) => program.getSourceFile(path))
  return Object.fromEntries(
    sources.map((source) => [
      source?.fileName.slice(FOLDER.length + 1),
      ts
        .getPreEmitDiagnostics(program, source)
        .map(({ start = 0, file }) => (file ?? source)?.getLineAndCharacterOfPosition(start).line ?? -1)
        .map((line) => line + 1),
    ]),
  )
}

it('a client generated from the document compiles, and takes nothing that the server would refuse', async () => {
  const document = JSON.parse(JSON.stringify(openApiDocument()))
  const types = astToString(await openapiTypescript(document))
  const found = wrongLines({
    [`${FOLDER}/api.ts`]: types,
    [`${FOLDER}/right.ts`]: RIGHT,
    [`${FOLDER}/wrong.ts`]: WRONG,
    [`${FOLDER}/readme.ts`]: README,
  })
  expect(found).toEqual({
    'api.ts': [],
    'client.ts': [],
    'right.ts': [],
    'wrong.ts': [3, 4, 5, 6, 7, 8],
    'readme.ts': [],
  })
})

it('does what its README shows', async () => {
  const bench = await startBench()
  await addUser(bench, 'ada')
  const server = bench.app.listen(0)
  onTestFinished(() => void server.close())
  const program = README.replace('./client.ts', `${FOLDER}/client.ts`).replace(
    'http://localhost:3000',
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  )
  const args = ['--no-warnings', '--input-type=module-typescript', '--eval', program]
  expect(await run('typed-client', process.execPath, args, {})).toBe('ada\n')
})

/** The example as far as it is used here: its types are those that the test above generates. */
interface Example {
  typedClient(
    url: string,
  ): Record<
    'GET' | 'POST',
    (path: string, options?: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>
  >
}

it('works across an expiry', async () => {
  const bench = await startBench()
  await addUser(bench, 'ada')
  const server = bench.app.listen(0)
  onTestFinished(() => void server.close())
  const { typedClient }: Example = await import(/* @vite-ignore */ `${FOLDER}/client.ts`)
  const client = typedClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  expect((await client.GET('/me')).error).toMatchObject({ code: 'token_missing' })
  await client.POST('/login', { body: { username: 'ada', password: PASSWORD } })
  for (const hours of [1, 2, 3]) {
    bench.clock.now = T0 + hours * HOUR
    const { data, response } = await client.GET('/me')
    expect(data).toMatchObject({ user: { username: 'ada' }, session: { current: true } })
    expect(response.headers.has('X-JWT')).toBe(true)
  }
})
