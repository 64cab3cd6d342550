import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../examples/nginx/nginx.ts'
import { BLOCKS, type Block, named } from './blocks.ts'
import { makeFolder, writeProgram } from './programs.ts'

const WHOLE = BLOCKS.filter(({ language, reason }) => language === 'ts' && reason === undefined)

/** Those of docs/clients.md talk with a server: test/client/docs.test.ts runs them. */
const RUNNABLE = WHOLE.filter(({ page }) => page !== 'docs/clients.md')

const STRICT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2024.d.ts', 'lib.dom.d.ts'],
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
}

describe('programs of the documentation', () => {
  const folder = makeFolder()

  it('are right in their types', () => {
    const places = new Map(WHOLE.map((block) => [writeProgram(folder, block), `${block.page}:${block.line}`]))
    const program = ts.createProgram([...places.keys()], STRICT)
    const found = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      const place = places.get(file?.fileName ?? '') ?? file?.fileName
      return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
    expect(found).toEqual([])
  })

  it.each(named(RUNNABLE))('%s runs', async (_place, block) => {
    const port = await freePort()
    const { listens, ended } = startProgram(block, port)
    if (!block.code.includes('app.listen(3000')) {
      expect(await ended).toEqual({ status: 0, said: '' })
      return
    }
    expect(await login(port)).toEqual({ orders: 200, without: 401 })
    listens.kill()
    await ended
  })

  function startProgram(block: Block, port: number) {
    const path = writeProgram(folder, {
      ...block,
      code: block.code.replace('listen(3000', `listen(${port}`),
    })
    const listens = spawn(process.execPath, ['--no-warnings', path], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        JWT_SECRET: 'a secret of the reader, 32 bytes or more',
        ORDERS_KEY: 'a key of two servers, also 32 bytes or more',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = Promise.all([once(listens, 'close'), text(listens.stderr)])
    return { listens, ended: ended.then(([[status], said]) => ({ status, said })) }
  }
})

/** What an app that listens answers: logs in, asks for the orders, and asks without a token. */
async function login(port: number): Promise<{ orders: number; without: number }> {
  const url = `http://127.0.0.1:${port}`
  const started = await poll(() =>
    fetch(`${url}/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'ada', password: 'correct horse battery' }),
    }),
  )
  const headers = { Authorization: `Bearer ${started.headers.get('X-JWT')}` }
  const [orders, without] = [await fetch(`${url}/orders`, { headers }), await fetch(`${url}/orders`)]
  return { orders: orders.status, without: without.status }
}

async function poll<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 400; ; left -= 1) {
    try {
      return await attempt()
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
