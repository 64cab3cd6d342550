import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import express from 'express'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type SlidingSession, slidingSession } from '../../src/index.ts'
import { oncePerTurn } from '../../src/stores/sqlite/once-per-turn.ts'
import { temporaryDatabase } from '../support/files.ts'

describe('oncePerTurn', () => {
  it('looks once for several connections in one turn, and again in the next', async () => {
    const look = vi.fn(() => true)
    const hasChanged = oncePerTurn(look)
    expect([hasChanged({}), hasChanged({}), hasChanged({})]).toEqual([true, false, false])
    await nextTurn()
    expect(hasChanged({})).toBe(true)
    expect(look).toHaveBeenCalledTimes(2)
  })

  it('looks again for what comes later on one connection, or without one', () => {
    const look = vi.fn(() => false)
    const hasChanged = oncePerTurn(look)
    const connection = {}
    for (const from of [connection, {}, connection, undefined, undefined]) hasChanged(from)
    expect(look).toHaveBeenCalledTimes(4)
  })
})

describe('requests of one turn', () => {
  const closers: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  /** An app whose route `/revoke` revokes everything past the library, as another process would. */
  async function serve() {
    const file = temporaryDatabase()
    const sessions: SlidingSession = await slidingSession({
      secret: 'a secret that is 32 bytes or longer',
      database: file,
      loadClaims: () => ({}),
    })
    closers.push(() => sessions.close())
    const foreign = new Database(file)
    closers.push(() => foreign.close())
    const app = express()
    app.get('/start', async (req, res) => {
      await sessions.start(req, res, 'ada')
      res.end()
    })
    app.get('/revoke', (_req, res) => {
      foreign.exec('UPDATE sliding_sessions SET valid = 0')
      res.end()
    })
    app.get('/me', sessions.authenticate(), (_req, res) => void res.end())
    const server = app.listen(0, '127.0.0.1')
    closers.push(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const token = (await fetch(`http://127.0.0.1:${port}/start`)).headers.get('x-jwt') ?? ''
    return { port, token }
  }

  /** Sends requests in one piece on one connection; answers with the statuses. */
  async function pipeline(port: number, token: string, paths: readonly string[]): Promise<string[]> {
    const socket = connect(port, '127.0.0.1')
    const requests = paths.map((path, index) => {
      const end = index === paths.length - 1 ? 'Connection: close\r\n' : ''
      return `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n${end}\r\n`
    })
    socket.write(requests.join(''))
    return [...(await text(socket)).matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status as string)
  }

  it('a revocation between two requests in one piece stops the second one', async () => {
    const { port, token } = await serve()
    expect(await pipeline(port, token, ['/me', '/me'])).toEqual(['200', '200'])
    expect(await pipeline(port, token, ['/me', '/revoke', '/me'])).toEqual(['200', '200', '401'])
  })
})
