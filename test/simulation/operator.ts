import type { RevocationReason } from '../../src/protocol/types.ts'
import type { Design, RecordState } from './designs/design.ts'
import { Ours } from './designs/ours.ts'
import type { Device } from './device.ts'
import type { Exchange } from './exchange.ts'
import type { History } from './history.ts'
import type { Invariants } from './invariants.ts'
import type { ClusterCounts, Counts } from './ledger.ts'
import { Cluster } from './nodes/cluster.ts'
import type { Prng } from './prng.ts'
import type { Timeline } from './timeline.ts'
import type { SessionTruth, Truth } from './truth.ts'

interface OperatorParts {
  readonly timeline: Timeline
  readonly truth: Truth
  readonly design: Design
  readonly exchange: Exchange
  readonly invariants: Invariants | undefined
  readonly counts: Counts
  readonly history: History | undefined
}

const COUNTED = {
  'listener cut': 'listenersCut',
  'line cut': 'linesCut',
  'line silent': 'linesSilent',
} as const satisfies Record<string, keyof ClusterCounts>

/** Administrators, users in their device list, and fate: all that happens beside requests. */
export class Operator {
  readonly #parts: OperatorParts

  constructor(parts: OperatorParts) {
    this.#parts = parts
  }

  logout(device: Device): void {
    const { token } = device
    const session = this.#sessionOf(device)
    if (token === undefined || session === undefined) return
    this.#revoke([session], 'logout', () => this.#parts.design.revoke(session.id, 'logout'))
    device.loggedOut(token)
  }

  revoke(device: Device): void {
    const session = this.#sessionOf(device)
    if (session === undefined) return
    this.#revoke([session], 'admin', () => this.#parts.design.revoke(session.id, 'admin'))
  }

  revokeUser(user: string): void {
    const { truth, design } = this.#parts
    const whose = truth.user(user)
    whose.revocations += 1
    this.#revoke(truth.sessionsOf(user), 'revoked', async () => {
      await design.revokeAll(user, 'revoked')
      whose.revocations -= 1
    })
  }

  /** A ban for a while. Some hosts revoke the user's sessions as well, others only say so when they are asked. */
  ban(user: string, prng: Prng): void {
    const { truth, timeline, counts } = this.#parts
    truth.changeUser(user, { isBanned: true })
    counts.bans += 1
    if (prng.chance(0.5)) this.revokeUser(user)
    timeline.after(prng.between(600_000, 18_000_000), () => truth.changeUser(user, { isBanned: false }))
  }

  changeRole(user: string, prng: Prng): void {
    this.#parts.truth.changeUser(user, { role: `role-${prng.between(0, 9)}` })
  }

  prune(): void {
    void this.#parts.design.prune()
  }

  crash(prng: Prng): void {
    const { exchange, design, truth, invariants, counts } = this.#parts
    // Of several servers one dies, and the others take the requests.
    if (design.isBalanced !== true) exchange.goDown(prng.between(200, 5_000))
    design.crash()
    counts.crashes += 1
    invariants?.crashed()
    if (design instanceof Ours) truth.crashed((session) => design.record(session))
  }

  /** A restored copy takes minutes, so that no request is under way any more that was sent before. */
  restore(prng: Prng): void {
    const { exchange, design, truth, invariants, counts } = this.#parts
    if (!(design instanceof Ours)) return
    const read = (session: string) => design.record(session)
    const before = this.#recordsNow(read)
    if (!design.restore()) return
    exchange.goDown(prng.between(180_000, 1_200_000))
    counts.restores += 1
    truth.restored(before, read)
    invariants?.restored()
  }

  /** The line from one of several servers to the database fails. */
  cut(prng: Prng): void {
    const { design, counts, history } = this.#parts
    if (!(design instanceof Cluster)) return
    const kind = design.cut(prng)
    counts.cluster[COUNTED[kind]] += 1
    history?.note(`  ${kind}`)
  }

  /** An asynchronous standby takes over, which lacks the last commits. Requests that are under way go on. */
  failOver(prng: Prng): void {
    const { design, truth, invariants, counts, history } = this.#parts
    if (!(design instanceof Cluster)) return
    const read = (session: string) => design.record(session)
    const before = this.#recordsNow(read)
    const lost = design.failOver(prng)
    const { cluster } = counts
    cluster.failOvers += 1
    cluster.lostCommits += lost
    for (const { id, end } of truth.sessions.values()) {
      if (end?.acknowledged !== undefined && read(id)?.valid === 1) cluster.lostRevocations += 1
    }
    truth.restored(before, read)
    invariants?.restored()
    history?.note(`  ${lost} commits are lost`)
  }

  copy(): void {
    this.#parts.design.copy()
  }

  #recordsNow(read: (session: string) => RecordState | undefined) {
    return new Map([...this.#parts.truth.sessions.keys()].map((id) => [id, read(id)]))
  }

  #sessionOf({ token }: Device): SessionTruth | undefined {
    return token && this.#parts.truth.sessions.get(token.session)
  }

  #revoke(sessions: readonly SessionTruth[], reason: RevocationReason, run: () => Promise<void>): void {
    const { truth, counts } = this.#parts
    truth.revocationAsked(sessions, reason)
    counts.revocations += sessions.length
    void run().then(() => truth.revocationAcknowledged(sessions))
  }
}
