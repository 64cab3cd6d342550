import { currentTurn, followRequests, type Socket, turnOf } from './turns.ts'

/**
 * Looks for a change once for all requests that the event loop took from the system together, in one turn. All
 * of them were on their way before the first of them is answered, so whatever was acknowledged before any of them was
 * sent has been committed by then: nothing is late for anybody. For a request of which that is not sure, and for
 * what comes without a socket, it is looked for anew.
 */
export function oncePerTurn(look: () => boolean): (socket?: Socket) => boolean {
  followRequests()
  let looked = Number.NEGATIVE_INFINITY
  return (socket) => {
    const turn = socket && turnOf(socket)
    if (turn !== undefined && turn <= looked) return false
    const now = currentTurn()
    const hasChanged = look()
    // Only now: where the look failed, the next request of the turn must not take it for one.
    looked = now
    return hasChanged
  }
}
