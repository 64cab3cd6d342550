import type { RevocationReason } from '../../../src/protocol/types.ts'
import type { Renewal } from '../../../src/stores/store.ts'
import { Chances } from '../designs/chances.ts'
import type { Answer, Design, Message, RecordState, Records, Surroundings } from '../designs/design.ts'
import type { Process } from '../designs/process.ts'
import type { Mutation } from '../mutations.ts'
import { mix, Prng } from '../prng.ts'
import type { Settings } from '../settings.ts'
import type { Timeline } from '../timeline.ts'
import { Node } from './node.ts'
import { Primary } from './primary.ts'
import { drawKeysFrom } from './random-keys.ts'

/** Between two attempts to start a server, or to revoke something. */
const AGAIN_MS = 1_000

export interface ClusterParts {
  readonly seed: number
  readonly settings: Settings
  readonly timeline: Timeline
  readonly surroundings: Surroundings
  readonly mutation: Mutation | undefined
  readonly onRenewed: (renewal: Renewal) => void
  readonly onLost: (session: string) => void
}

/** The design of this package on several servers with one PostgreSQL, behind a load balancer. */
export class Cluster implements Design, Records {
  readonly name = 'ours on several servers'
  readonly needsRefresh = false
  readonly asksEachTime = true
  readonly isBalanced = true
  readonly traffic = { reads: 0, writes: 0 }
  readonly #parts: ClusterParts
  readonly #primary: Primary
  readonly #chances: Chances
  readonly #prng: Prng
  readonly #nodes: Node[]
  readonly #stopDrawing: () => void
  #isStirred = false
  #isClosed = false

  constructor(parts: ClusterParts) {
    const { seed, settings, timeline, surroundings, onRenewed } = parts
    this.#parts = parts
    this.#chances = new Chances(seed)
    this.#prng = new Prng(mix(seed, 400))
    this.#stopDrawing = drawKeysFrom(new Prng(mix(seed, 401)))
    const revoked = (jtis: readonly string[], reason: RevocationReason) => {
      for (const session of jtis) surroundings.revoked({ session }, reason)
    }
    this.#primary = new Primary(timeline, { renewed: onRenewed, revoked })
    this.#nodes = Array.from({ length: settings.nodes }, (_, place) => this.#start(place))
  }

  answer(message: Message): Answer | Promise<Answer> {
    const node = this.#pick(message.lot ?? 0)
    return node === undefined ? { kind: 'unavailable', isCut: true } : node.answer(message)
  }

  /** Whoever revokes tries again, on any server, until it is done. */
  revoke(session: string, reason: RevocationReason): Promise<void> {
    return this.#insist(({ sessions }) => sessions.revoke(session, reason))
  }

  revokeAll(user: string, reason: RevocationReason): Promise<void> {
    return this.#insist(({ sessions }) => sessions.revokeAll(user, reason))
  }

  async prune(): Promise<void> {
    const node = this.#pick(this.#prng.whole())
    await node?.run(({ sessions }) => sessions.prune()).catch(() => undefined)
  }

  /** One of the servers dies, and starts again after a while. */
  crash(): void {
    const place = this.#prng.between(0, this.#nodes.length - 1)
    this.#at(place).kill()
    this.#parts.timeline.release(this.#prng.between(200, 5_000), () => {
      if (!this.#isClosed) this.#nodes[place] = this.#start(place)
    })
  }

  /** The line of one server is cut, or only its listener's, or falls silent; answers with which. */
  cut(prng: Prng): 'listener cut' | 'line cut' | 'line silent' {
    const node = this.#at(prng.between(0, this.#nodes.length - 1))
    const kind = prng.pick(['listener cut', 'line cut', 'line silent', 'line silent'] as const)
    if (kind === 'listener cut') node.cutListener()
    else if (kind === 'line cut') node.cut(prng.between(50, 6_000))
    else node.line.hush(prng.between(300, 8_000))
    return kind
  }

  /**
   * The standby takes over without the last commits. Most servers notice that their connections break, others only
   * that nothing comes any more. Answers with the number of lost commits.
   */
  failOver(prng: Prng): number {
    const lag = Math.round(prng.pick([50, 1_000, 5_000, 5_000]) * prng.unit())
    const lost = this.#primary.failOver(this.#parts.timeline.now - lag, prng.between(20, 6_000))
    for (const node of this.#nodes) {
      if (prng.chance(0.7)) node.cut(0)
      else node.line.hush(prng.between(2_000, 8_000))
    }
    return lost
  }

  copy(): void {}

  restore(): boolean {
    return false
  }

  async settle(): Promise<void> {
    do {
      this.#isStirred = false
      // What a batch waits for takes two turns.
      await turn()
      await turn()
    } while (this.#isStirred)
  }

  close(): void {
    this.#isClosed = true
    for (const node of this.#nodes) node.kill()
    this.#primary.close()
    this.#stopDrawing()
  }

  record(session: string): RecordState | undefined {
    return this.#primary.record(session)
  }

  isWaiting(session: string): boolean {
    return this.#nodes.some(({ isReady, process }) => isReady && process.store.isWaiting(session))
  }

  #start(place: number): Node {
    const stir = () => {
      this.#isStirred = true
    }
    const chanceOf = (source: string, user: string) => this.#chances.of(source, user)
    const seed = this.#prng.whole()
    const node = new Node({ ...this.#parts, primary: this.#primary, seed, stir, chanceOf })
    node.start().catch(() => this.#startAgain(node, place))
    return node
  }

  #startAgain(node: Node, place: number): void {
    if (this.#isClosed || this.#nodes[place] !== node) return
    node.kill()
    this.#parts.timeline.release(AGAIN_MS, () => {
      if (!this.#isClosed && this.#nodes[place] === node) this.#nodes[place] = this.#start(place)
    })
  }

  async #insist(work: (process: Process) => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        const node = this.#pick(this.#prng.whole())
        if (node !== undefined) {
          await node.run(work)
          return
        }
      } catch {
        // Its line broke, or it died: the next one may do it.
      }
      await new Promise<void>((resolve) => this.#parts.timeline.release(AGAIN_MS, resolve))
    }
  }

  #pick(lot: number): Node | undefined {
    const ready = this.#nodes.filter(({ isReady }) => isReady)
    return ready[lot % Math.max(1, ready.length)]
  }

  #at(place: number): Node {
    return this.#nodes[place] as Node
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
