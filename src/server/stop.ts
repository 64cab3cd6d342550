import { once } from 'node:events'
import type { Server } from 'node:http'

/** How long requests in flight have after a stop; then their connections are cut. */
const DEADLINE_MS = 10_000

/** Kept-alive connections become idle when their answer is out; they are looked for this often. */
const LOOK_MS = 50

/** Takes no more connections, lets requests in flight be answered, and cuts what is left at the deadline. */
export async function stopServer(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  const closeIdle = setInterval(() => server.closeIdleConnections(), LOOK_MS)
  const cut = setTimeout(() => server.closeAllConnections(), DEADLINE_MS)
  await closed
  clearInterval(closeIdle)
  clearTimeout(cut)
}
