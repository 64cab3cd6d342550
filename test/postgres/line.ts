import { connect, createServer, type Socket } from 'node:net'

/** Stands between a server and its database, and does to connections what networks do. */
export interface Line {
  readonly port: number
  /** Breaks every connection, and refuses new ones. */
  cut(): void
  /** Connections stay, new ones are taken, and nothing goes through any more: nobody is told. */
  freeze(): void
  /** Each piece of data takes so many milliseconds, each way. */
  delay(milliseconds: number): void
  /** Leads to another port from now on; what led elsewhere is broken. */
  lead(port: number): void
  /** Lets everything through; what was broken stays broken. */
  heal(): void
  close(): void
}

type State =
  | { readonly kind: 'open'; readonly delay: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'frozen' }

/** Listens on a free port of this machine for connections to another port. */
export async function startLine(port: number): Promise<Line> {
  let target = port
  const sockets = new Set<Socket>()
  let state: State = { kind: 'open', delay: 0 }

  const server = createServer((client) => {
    if (state.kind === 'cut') {
      client.destroy()
      return
    }
    const database = connect(target, '127.0.0.1')
    pass(client, database)
    pass(database, client)
  })

  function pass(from: Socket, to: Socket): void {
    sockets.add(from)
    from.setNoDelay(true)
    from.on('error', () => undefined)
    from.on('close', () => {
      sockets.delete(from)
      if (state.kind !== 'frozen') to.destroy()
    })
    from.on('data', (data) => {
      if (state.kind === 'frozen') return
      const delay = state.kind === 'open' ? state.delay : 0
      if (delay === 0) to.write(data)
      else setTimeout(() => state.kind === 'open' && to.write(data), delay)
    })
  }

  function breakAll(): void {
    for (const socket of sockets) socket.destroy()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    cut() {
      state = { kind: 'cut' }
      breakAll()
    },
    freeze() {
      state = { kind: 'frozen' }
    },
    delay(milliseconds) {
      state = { kind: 'open', delay: milliseconds }
    },
    lead(other) {
      target = other
      breakAll()
    },
    heal() {
      if (state.kind === 'frozen') breakAll()
      state = { kind: 'open', delay: 0 }
    },
    close() {
      breakAll()
      server.close()
    },
  }
}
