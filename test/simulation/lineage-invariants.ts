import type { Renewal } from '../../src/stores/store.ts'
import type { Answer, Records } from './designs/design.ts'
import type { Sent } from './exchange.ts'
import { descendsFrom, isFork, type Line, newLine } from './lines.ts'
import { PROMISES, type Verdict } from './promises.ts'
import type { Rules } from './settings.ts'
import type { SessionTruth } from './truth.ts'

/** Checks generations: each written once, along one line, and forks settled. */
export class LineageInvariants {
  readonly #rules: Rules
  readonly #records: Records
  readonly #verdict: Verdict
  readonly #lines = new Map<string, Line>()
  readonly #handedOut = new Set<string>()
  readonly #touched = new Set<SessionTruth>()

  constructor(rules: Rules, records: Records, verdict: Verdict) {
    this.#rules = rules
    this.#records = records
    this.#verdict = verdict
  }

  /** A renewal was written. */
  renewed(session: SessionTruth, { lineage: { issued, parent }, at, client }: Renewal): void {
    const line = this.#lineOf(session)
    if (parent === null) return
    const isNew = !line.parents.has(issued) || line.lost.delete(issued)
    this.#verdict.expect(isNew, PROMISES.writtenOnce, session, `gen ${issued} again`)
    if (!session.wentBack) {
      const detail = `gen ${parent} renewed after gen ${line.head} was used, from ${client.ip}`
      this.#verdict.expect(descendsFrom(line, parent, line.head), PROMISES.superseded, session, detail)
    }
    line.parents.set(issued, parent)
    line.renewedAt.set(parent, at)
    line.head = Math.max(line.head, parent)
  }

  answered(session: SessionTruth, sent: Sent, answer: Answer): void {
    this.#touched.add(session)
    if (answer.kind === 'pass' && answer.token === undefined) this.#checkUnrenewed(session, sent)
    if (!session.wentBack) this.#checkFork(session, sent, answer)
  }

  /** A token goes out. */
  handedOut(text: string): void {
    this.#verdict.expect(!this.#handedOut.has(text), PROMISES.handedOut, undefined, 'the same token again')
    this.#handedOut.add(text)
  }

  /** All that can go on has done so: looks at the records that may have changed. */
  settled(): void {
    for (const session of this.#touched) {
      this.#checkRecord(session)
      if (this.#records.isWaiting(session.id)) continue
      this.#promotePresented(session)
      this.#touched.delete(session)
    }
  }

  /** The process died; what waited to be written is lost. */
  crashed(): void {
    for (const line of this.#lines.values()) line.presented = []
  }

  /** A first use may not be in the database, and nothing says that it will be. */
  lost(session: string): void {
    const line = this.#lines.get(session)
    if (line !== undefined) line.presented = []
  }

  /** The records are those of an older copy: generations beyond what it knows can be written once more. */
  restored(): void {
    this.crashed()
    for (const [id, line] of this.#lines) {
      line.last = this.#records.record(id)
      if (line.last === undefined) continue
      const { issued, seen } = line.last
      line.head = seen
      for (const gen of line.parents.keys()) if (gen > issued) line.lost.add(gen)
    }
  }

  /** A pass without a new token: the token is fresh, or its renewal is less than the grace ago. */
  #checkUnrenewed(session: SessionTruth, { message: { token }, arrivedAt }: Sent): void {
    if (token === undefined || session.wentBack) return
    const line = this.#lineOf(session)
    if (arrivedAt < token.expiresAt + this.#rules.leeway) {
      const isFirstUse = token.gen > line.head && descendsFrom(line, token.gen, line.head)
      if (isFirstUse) line.presented.push(token.gen)
      return
    }
    const renewedAt = line.renewedAt.get(token.gen)
    const isInGrace = renewedAt !== undefined && arrivedAt - renewedAt < this.#rules.grace
    this.#verdict.expect(isInGrace, PROMISES.grace, session, `gen ${token.gen}`)
  }

  /** Both sides of a fork were answered with an expired token, outside grace: the session must be over. */
  #checkFork(session: SessionTruth, sent: Sent, answer: Answer): void {
    const { token } = sent.message
    if (token === undefined || !isSettling(answer)) return
    const line = this.#lineOf(session)
    const side = sent.theft?.name ?? sent.device.name
    const forked = [...line.answered].some(([other, gen]) => other !== side && isFork(line, gen, token.gen))
    line.answered.set(side, token.gen)
    const isOver = !forked || this.#records.record(session.id)?.valid !== 1
    this.#verdict.expect(isOver, PROMISES.fork, session, `second is ${side}`)
  }

  #checkRecord(session: SessionTruth): void {
    const line = this.#lineOf(session)
    const record = this.#records.record(session.id)
    const { last } = line
    line.last = record
    if (record === undefined || last === undefined) return
    const isRisen = record.issued >= last.issued && record.seen >= last.seen && record.floor >= last.floor
    const detail = `${JSON.stringify(last)} then ${JSON.stringify(record)}`
    this.#verdict.expect(isRisen, PROMISES.rising, session, detail)
    this.#verdict.expect(last.valid >= record.valid, PROMISES.revoked, session, 'the record is valid again')
  }

  /**
   * What was presented while fresh counts once it must have reached the database. Of siblings that were presented at
   * one time, either may be the first.
   */
  #promotePresented(session: SessionTruth): void {
    const line = this.#lineOf(session)
    if (line.presented.length === 0) return
    const firstUses = line.presented.filter((gen) => gen > line.head && descendsFrom(line, gen, line.head))
    const recorded = this.#records.record(session.id)?.seen
    line.head = firstUses.find((gen) => gen === recorded) ?? firstUses[0] ?? line.head
    line.presented = []
  }

  #lineOf({ id }: SessionTruth): Line {
    let line = this.#lines.get(id)
    if (line === undefined) {
      line = newLine()
      this.#lines.set(id, line)
    }
    return line
  }
}

/** Whether a request with an expired token was judged, which a pass within grace is not. */
function isSettling(answer: Answer): boolean {
  if (answer.kind === 'pass') return answer.token !== undefined
  return answer.kind === 'refuse' && answer.code === 'token_reused'
}
