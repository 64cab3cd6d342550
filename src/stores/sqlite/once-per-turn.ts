import { performance } from 'node:perf_hooks'

/** Where a connection notes the turn of its latest request. */
const TURN = Symbol('turn')

interface Connection {
  [TURN]?: number
}

/**
 * Looks for a change once for all requests that the event loop took from the system together, in one call of
 * `epoll_wait` or its like. All of them were on their way before the first of them is answered, so whatever
 * was acknowledged before any of them was sent has been committed by then: nothing is late for anybody. A
 * second request on one connection may have been sent meanwhile (pipelining, RFC 9112 section 9.3.2), and
 * what comes without a connection too: for these it is looked for anew.
 */
export function oncePerTurn(look: () => boolean): (connection?: Connection) => boolean {
  let looked: number | undefined
  return (connection) => {
    const turn = currentTurn()
    if (connection !== undefined) {
      const before = connection[TURN]
      connection[TURN] = turn
      if (looked === turn && before !== turn) return false
    }
    looked = turn
    return look()
  }
}

/**
 * Grows whenever the event loop asks the system for events: with each iteration, and with what each call has
 * brought, where there are several calls in one iteration.
 */
function currentTurn(): number {
  const { loopCount, events } = performance.nodeTiming.uvMetricsInfo
  return loopCount + events
}
