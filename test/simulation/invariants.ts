import type { RevocationReason } from '../../src/protocol/types.ts'
import type { Renewal } from '../../src/stores/store.ts'
import { type AnswerInvariantParts, AnswerInvariants } from './answer-invariants.ts'
import type { Answer } from './designs/design.ts'
import type { Sent } from './exchange.ts'
import { LineageInvariants } from './lineage-invariants.ts'
import { PROMISES, type Promised, Verdict, type Violation } from './promises.ts'
import type { SessionTruth, Truth } from './truth.ts'

interface InvariantParts extends Omit<AnswerInvariantParts, 'verdict'> {
  readonly ignored: ReadonlySet<Promised>
}

/** Checks the protocol's promises against what is true. One instance watches one world. */
export class Invariants {
  readonly #truth: Truth
  readonly #verdict: Verdict
  readonly #answers: AnswerInvariants
  readonly #lineage: LineageInvariants

  constructor(parts: InvariantParts) {
    const { rules, truth, records } = parts
    this.#truth = truth
    this.#verdict = new Verdict(parts.ignored)
    this.#answers = new AnswerInvariants({ ...parts, verdict: this.#verdict })
    this.#lineage = new LineageInvariants(rules, records, this.#verdict)
  }

  /** The first promise that was broken. */
  get violation(): Violation | undefined {
    return this.#verdict.violation
  }

  /** The store has written a renewal. */
  renewed(renewal: Renewal): void {
    const session = this.#truth.sessions.get(renewal.jti)
    if (session === undefined) return
    this.#answers.renewed(session, renewal)
    this.#lineage.renewed(session, renewal)
  }

  /** A request was judged. */
  answered(sent: Sent, answer: Answer): void {
    const session = this.#truth.sessions.get(sent.message.token?.session ?? '')
    const isAnswer = answer.kind !== 'unavailable' || answer.isCut === true
    this.#verdict.expect(isAnswer, PROMISES.answers, session, 'unavailable')
    if (answer.kind === 'pass' && answer.token !== undefined) this.#lineage.handedOut(answer.token.text)
    if (session === undefined || sent.message.kind === 'login') return
    this.#answers.answered(session, sent, answer)
    this.#lineage.answered(session, sent, answer)
  }

  /** A session was revoked. */
  revoked(session: SessionTruth, reason: RevocationReason): void {
    this.#answers.revoked(session, reason)
  }

  /** All that can go on has done so. */
  settled(): void {
    this.#lineage.settled()
  }

  /** The process died; what waited to be written is lost. */
  crashed(): void {
    this.#lineage.crashed()
  }

  /** A first use passed that may not be in the database. */
  lost(session: string): void {
    this.#lineage.lost(session)
  }

  /** The records are those of an older copy. */
  restored(): void {
    this.#lineage.restored()
  }
}
