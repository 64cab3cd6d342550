import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What a proxy asked. */
export interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly bodyLength: number
}

/** Stands between a proxy and a server, hands everything on, and remembers what it was. */
export interface Recorder {
  readonly address: string
  readonly asked: Asked[]
  /** While true, connections are cut in place of being answered. */
  isDown: boolean
  stop(): void
}

export async function startRecorder(serverUrl: string): Promise<Recorder> {
  const asked: Asked[] = []
  const server = createServer(async (req, res) => {
    if (recorder.isDown) {
      req.socket.destroy()
      return
    }
    const body = await buffer(req)
    const { method, url, headers } = req
    asked.push({ method, url, headers, bodyLength: body.length })
    const onward = request(new URL(url ?? '/', serverUrl), { method: method ?? 'GET', headers, agent: false })
    onward.on('response', (answer) => {
      res.writeHead(answer.statusCode ?? 0, answer.rawHeaders)
      answer.pipe(res)
    })
    onward.on('error', () => res.destroy())
    onward.end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const recorder: Recorder = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    isDown: false,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
  return recorder
}
