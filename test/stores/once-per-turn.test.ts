import { channel } from 'node:diagnostics_channel'
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

/** What Node's HTTP servers tell of a connection. */
const begin = (socket: object) => channel('http.server.request.start').publish({ socket })
const end = (socket: object) => channel('http.server.response.finish').publish({ socket })

/** Connections whose first request was answered before this turn, as those that are kept open are. */
async function keptOpen(count: number): Promise<object[]> {
  const sockets = Array.from({ length: count }, () => ({}))
  for (const socket of sockets) {
    begin(socket)
    end(socket)
  }
  await nextTurn()
  return sockets
}

function looker() {
  const look = vi.fn(() => true)
  return { look, hasChanged: oncePerTurn(look) }
}

describe('oncePerTurn', () => {
  it('looks once for the requests of one turn, and again in the next', async () => {
    const { look, hasChanged } = looker()
    const sockets = await keptOpen(3)
    for (const socket of sockets) begin(socket)
    expect(sockets.map(hasChanged)).toEqual([true, false, false])
    for (const socket of sockets) end(socket)
    await nextTurn()
    for (const socket of sockets) begin(socket)
    expect(sockets.map(hasChanged)).toEqual([true, false, false])
    expect(look).toHaveBeenCalledTimes(2)
  })

  it('looks again in the same turn after a look that failed', async () => {
    const { look, hasChanged } = looker()
    const [first, second] = (await keptOpen(2)) as [object, object]
    begin(first)
    begin(second)
    look.mockImplementationOnce(() => {
      throw new Error('the file cannot be read')
    })
    expect(() => hasChanged(first)).toThrow('cannot be read')
    expect(hasChanged(second)).toBe(true)
  })

  it('does not look for a request that came before the last look', async () => {
    const { hasChanged } = looker()
    const [early, late] = (await keptOpen(2)) as [object, object]
    begin(early)
    await nextTurn()
    begin(late)
    expect([hasChanged(late), hasChanged(early)]).toEqual([true, false])
  })

  it.each<[string, (socket: object) => unknown]>([
    ['the first one on its connection', () => undefined],
    ['behind one that is not answered yet', (socket) => begin(socket)],
    [
      'behind one that was answered in this very turn',
      (socket) => {
        begin(socket)
        end(socket)
      },
    ],
    [
      'behind one of an earlier turn, answered in this one',
      async (socket) => {
        begin(socket)
        await nextTurn()
        end(socket)
      },
    ],
  ])('looks again for a request that is %s', async (what, before) => {
    const { hasChanged } = looker()
    const [kept, other] = (await keptOpen(2)) as [object, object]
    const socket = what.startsWith('the first') ? {} : kept
    await before(socket)
    begin(other)
    hasChanged(other)
    begin(socket)
    expect(hasChanged(socket)).toBe(true)
  })

  it('looks again for whatever has no connection, or one that is no HTTP/1 connection', () => {
    const { look, hasChanged } = looker()
    for (const connection of [undefined, undefined, {}, {}]) hasChanged(connection)
    expect(look).toHaveBeenCalledTimes(4)
  })
})

describe('requests in one piece', () => {
  const closers: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  /**
   * An app with two routes past the library: `/revoke` revokes everything, as another process would, and
   * `/other` asks for the sessions of another request of the same turn.
   */
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
    app.get('/other', async (_req, res) => {
      const upgrade = { headers: { authorization: `Bearer ${token}` }, rawHeaders: [], socket: {} }
      await sessions.authenticateUpgrade(
        upgrade as unknown as Parameters<typeof sessions.authenticateUpgrade>[0],
      )
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

  it.each([
    [
      ['/me', '/me'],
      ['200', '200'],
    ],
    [
      ['/me', '/revoke', '/me'],
      ['200', '200', '401'],
    ],
    [
      ['/other', '/revoke', '/me'],
      ['200', '200', '401'],
    ],
  ])('%j are answered %j', async (paths, statuses) => {
    const { port, token } = await serve()
    expect(await pipeline(port, token, paths)).toEqual(statuses)
  })
})
