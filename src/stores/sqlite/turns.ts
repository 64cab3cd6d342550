import { channel } from 'node:diagnostics_channel'
import { performance } from 'node:perf_hooks'

/** Where the socket of a connection notes its requests. */
const NOTES = Symbol('requests')

interface Notes {
  /** Requests without a whole answer. */
  unanswered: number
  /** The turn in which the latest answer was complete. */
  answeredIn: number
  /** The turn of the latest request, and whether it is sure that nothing of it was sent later. */
  turn: number
  isAlone: boolean
}

/** What requests come by, as far as it is known here. */
export interface Socket {
  [NOTES]?: Notes
}

/**
 * A number that grows whenever the event loop asks the system for events: with each iteration, and with what each
 * call of `epoll_wait` or its like has brought, where there are several calls in one iteration.
 */
export function currentTurn(): number {
  const { loopCount, events } = performance.nodeTiming.uvMetricsInfo
  return loopCount + events
}

/**
 * The turn at whose beginning the latest request of a connection was on its way for sure; undefined where that
 * is not known. A connection is ready to be read as something has come; that this was a byte of this very request
 * is sure where all before it were answered in an earlier turn. Else it may have been sent while others of its turn were
 * being answered (pipelining, RFC 9112 section 9.3.2). Of the first request that is seen on a connection nobody
 * knows what was before.
 */
export function turnOf({ [NOTES]: notes }: Socket): number | undefined {
  return notes?.isAlone === true ? notes.turn : undefined
}

let isFollowing = false

/** Begins to note the requests of all HTTP/1 servers of this process. */
export function followRequests(): void {
  if (isFollowing) return
  isFollowing = true
  channel('http.server.request.start').subscribe((message) => begin(socketOf(message)))
  channel('http.server.response.finish').subscribe((message) => end(socketOf(message)))
}

function socketOf(message: unknown): Socket {
  return (message as { readonly socket: Socket }).socket
}

function begin(socket: Socket): void {
  const turn = currentTurn()
  const notes = socket[NOTES]
  if (notes === undefined) {
    socket[NOTES] = { unanswered: 1, answeredIn: turn, turn, isAlone: false }
    return
  }
  notes.isAlone = notes.unanswered === 0 && notes.answeredIn < turn
  notes.unanswered += 1
  notes.turn = turn
}

function end({ [NOTES]: notes }: Socket): void {
  if (notes === undefined) return
  notes.unanswered -= 1
  notes.answeredIn = currentTurn()
}
