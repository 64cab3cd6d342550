import type { Lineage } from '../../src/protocol/types.ts'
import type { TheftPlan } from './script.ts'
import type { Token } from './token.ts'
import type { SessionTruth } from './truth.ts'

/**
 * One theft, from the copy to its end.
 *
 * - It *counts* from the first time the copy is presented.
 * - It *parts* from its owner at the first renewal after the copy, by whichever side, or at once where the copy
 *   was superseded already: from then on the two sides hold different tokens.
 * - The time to detection begins when it has parted and been presented, and ends when the thief is shut out. It is
 *   taken only of thefts that worked (were answered at least once); what is refused at its first use took no time.
 * - It is *closed* when the session is revoked, or the thief's token is refused, or cannot be used any more: it is
 *   expired and superseded. A thief who can never part (another fingerprint, a superseded copy) is closed by that
 *   refusal.
 */
export interface Theft {
  readonly name: string
  readonly plan: TheftPlan
  readonly session: SessionTruth
  /** Whether the fingerprint policy accepts the thief. */
  readonly canRenew: boolean
  readonly copiedAt: number
  /** The latest token that the thief has. */
  held: Token
  firstUse: number | undefined
  lastAnswer: number | undefined
  partedAt: number | undefined
  /** When detection could begin, on the world's clock and in the owner's time at work. */
  begun: { readonly at: number; readonly work: number } | undefined
  closed: Closing | undefined
  /** When nothing of the thief's passes any more; where that never came, the end of the world. */
  shutOutAt: number
}

export interface Closing {
  readonly at: number
  /** In the owner's time at work. */
  readonly work: number
  /**
   * `reuse`: the session was revoked as a fork came to light. `refused`: by its fingerprint. `superseded`: the
   * thief did not come back and the copy is worth nothing. `ended`: the session ended for another reason.
   */
  readonly how: 'reuse' | 'refused' | 'superseded' | 'ended'
}

/** The copy is presented, by a request that has reached the server. */
export function presented(theft: Theft, now: number): void {
  theft.firstUse ??= now
  begin(theft, now)
}

/** Somebody renewed the session. */
export function parted(theft: Theft, now: number): void {
  if (theft.closed !== undefined) return
  theft.partedAt ??= now
  begin(theft, now)
}

function begin(theft: Theft, now: number): void {
  const { firstUse, partedAt, session } = theft
  if (firstUse === undefined || partedAt === undefined) return
  theft.begun ??= { at: now, work: workOf(session, now) }
}

/** The owner presents a token of the session. */
export function ownerPresented(session: SessionTruth, now: number): void {
  session.work = workOf(session, now)
  session.ownerAt = now
}

/**
 * The owner's time at work in a session: time in which the owner was away for longer than one lifetime counts as
 * one lifetime, as nothing can come to light while nobody is there.
 */
export function workOf({ work, ownerAt, tokenTtl }: SessionTruth, now: number): number {
  return work + Math.min(now - ownerAt, tokenTtl)
}

export function close(theft: Theft, how: Closing['how'], now: number): void {
  theft.closed ??= { at: now, work: workOf(theft.session, now), how }
}

/** The session was revoked as a fork came to light: a thief who is done already was not found by that. */
export function closeByReuse(theft: Theft, now: number): void {
  const isDone = theft.plan.strategy === 'once' && theft.lastAnswer !== undefined
  close(theft, isDone ? 'superseded' : 'reuse', now)
}

/** Whether a thief who did not come back has nothing left: the token is expired, and a younger one was seen. */
export function isWorthless({ held, closed }: Theft, record: Lineage | undefined, now: number): boolean {
  if (closed !== undefined || now < held.expiresAt) return false
  return record === undefined || (held.gen !== record.seen && held.gen <= record.floor)
}

/** The three figures of a list: 0 where it is empty. */
export interface Spread {
  readonly median: number
  readonly p99: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { median: at(0.5), p99: at(0.99), max: at(1) }
}

/** How long a theft went undetected, in lifetimes; undefined where it never worked or was not found. */
export function lifetimesToDetection(theft: Theft): { wall: number; work: number } | undefined {
  const { begun, closed, lastAnswer, firstUse, session } = theft
  if (closed === undefined || lastAnswer === undefined || firstUse === undefined) return undefined
  if (closed.how === 'refused') {
    const lived = (closed.at - firstUse) / session.tokenTtl
    return { wall: lived, work: lived }
  }
  if (closed.how !== 'reuse' || begun === undefined) return undefined
  return {
    wall: (closed.at - begun.at) / session.tokenTtl,
    work: (closed.work - begun.work) / session.tokenTtl,
  }
}

/** Whether the server noticed that a copy was used. */
export function wasAlarm({ closed }: Theft): boolean {
  return closed?.how === 'reuse' || closed?.how === 'refused'
}
