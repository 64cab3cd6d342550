import type { SessionTruth } from './truth.ts'

/** What must hold at every step. */
export const PROMISES = {
  honest: 'an honest client is never refused',
  revoked: 'after a revocation was acknowledged, no request passes',
  known: 'a session that the database has lost passes no more',
  maxAge: 'no token passes beyond the maximum age',
  renewable: 'nothing is renewed after idle time-out, ban or fingerprint refusal',
  grace: 'an expired token passes only by a renewal or within grace',
  superseded: 'what was superseded is not renewed',
  fork: 'a fork is settled by the next expired token of each side',
  noticed: 'a used copy is found beside an owner at work',
  handedOut: 'no token is handed out twice',
  writtenOnce: 'each generation is written once',
  rising: 'a generation never falls',
  role: 'a changed role counts from the next renewal on',
  cause: 'no session is revoked without a cause',
  answers: 'the server answers',
} as const

export type Promised = (typeof PROMISES)[keyof typeof PROMISES]

export interface Violation {
  readonly invariant: Promised
  readonly detail: string
}

/** Remembers the first promise that was broken. */
export class Verdict {
  violation: Violation | undefined
  readonly #ignored: ReadonlySet<Promised>

  constructor(ignored: ReadonlySet<Promised>) {
    this.#ignored = ignored
  }

  expect(holds: boolean, invariant: Promised, session: SessionTruth | undefined, detail: string): void {
    if (holds || this.#ignored.has(invariant)) return
    const place = session === undefined ? '' : `session ${session.number}: `
    this.violation ??= { invariant, detail: place + detail }
  }
}
