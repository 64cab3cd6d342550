import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { programs } from './programs.ts'

/** What a project has that uses the package with TypeScript. */
const PACKAGES = ['express', 'typescript', '@types/express', '@types/node', 'axios', 'ky']

const TSC = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))

/** The options of a project that believes nobody's types. */
const OPTIONS = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, skipLibCheck: false }

/** Makes an empty project, installs the package in it, and writes the README's program in three ways. */
export async function makeConsumer(folder: string, tarball: string): Promise<number> {
  const port = await freePort()
  writeConsumer(folder, port)
  install(folder, [tarball, ...PACKAGES.map(withVersion)])
  return port
}

/** The files of that project, without what it uses. */
export function writeConsumer(folder: string, port: number): void {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}')
  for (const [name, program] of Object.entries(ENTRIES)) writeFileSync(join(folder, name), program)
  for (const [name, program] of Object.entries(programs(port))) writeFileSync(join(folder, name), program)
}

/** Every other entry point, for its types. */
const ENTRIES: Readonly<Record<string, string>> = {
  'client.ts': `
import { createClient } from 'sliding-jwt/client'
import { addInterceptors, fetchBy } from 'sliding-jwt/client/axios'
import { hooks } from 'sliding-jwt/client/ky'
import axios from 'axios'
import ky from 'ky'
const api = axios.create()
const client = createClient({ baseUrl: 'https://api.example.org', fetch: fetchBy(api) })
addInterceptors(api, client)
ky.create({ hooks: hooks(client) })
`,
  'resource.ts': `
import { resourceServer } from 'sliding-jwt/resource'
import express from 'express'
const resource = resourceServer({ authServer: 'https://auth.example.org', audience: 'orders', key: '' })
express().get('/orders', resource.authenticate(), (req, res) => {
  res.json({ of: req.auth.userId })
})
`,
}

/** Installs packages by npm. */
export function install(folder: string, packages: readonly string[]): void {
  const args = ['install', '--no-audit', '--no-fund', '--loglevel', 'error', ...packages]
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Checks the types of each program by itself, and of all that it uses: one must not lean on another's imports. */
export function checkProject(folder: string): void {
  for (const file of ['typescript.ts', ...Object.keys(ENTRIES)]) {
    const project = `tsconfig.${file}.json`
    writeFileSync(join(folder, project), JSON.stringify({ compilerOptions: OPTIONS, files: [file] }))
    execFileSync(process.execPath, [TSC, '--project', project], { cwd: folder, stdio: 'inherit' })
  }
}

/** Runs one of the programs by a Node, logs in and asks for the orders; what is wrong, or undefined. */
export async function runProgram(
  node: string,
  folder: string,
  name: string,
  port: number,
): Promise<string | undefined> {
  const child = spawn(node, ['--no-warnings', name], {
    cwd: folder,
    env: { PATH: process.env['PATH'], JWT_SECRET: 'a secret of the reader, 32 bytes or more' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'close')
  try {
    const url = `http://127.0.0.1:${port}`
    const login = await untilAnswered(
      `${url}/login`,
      {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: 'ada', password: 'correct horse battery' }),
      },
      () => child.exitCode === null && child.signalCode === null,
    )
    const Authorization = `Bearer ${login.headers.get('X-JWT')}`
    const orders = await fetch(`${url}/orders`, { headers: { Authorization } })
    const without = await fetch(`${url}/orders`)
    const got = `${orders.status} ${await orders.text()}, ${without.status}`
    return got === '200 {"of":"ada","role":"admin"}, 401' ? undefined : got
  } catch (error) {
    return String(error)
  } finally {
    child.kill()
    await ended
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `sessions.db${end}`), { force: true })
  }
}

/** Asks until there is an answer, for as long as there is somebody to give it, and 20 s at most. */
async function untilAnswered(url: string, request: RequestInit, isAlive: () => boolean): Promise<Response> {
  for (let left = 400; left > 0; left -= 1) {
    const answer = await fetch(url, request).catch(() => undefined)
    if (answer !== undefined) return answer
    if (!isAlive()) throw new Error('it ended')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it does not answer')
}

function withVersion(name: string): string {
  const description = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { dependencies, devDependencies } = JSON.parse(description)
  return `${name}@${dependencies[name] ?? devDependencies[name]}`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port')
  return address.port
}
