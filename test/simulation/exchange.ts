import type { Answer, Design, Message } from './designs/design.ts'
import type { Device } from './device.ts'
import { type Agent, clientOf } from './fingerprint.ts'
import { type NetworkProfile, passage } from './network.ts'
import type { Prng } from './prng.ts'
import type { Theft } from './theft.ts'
import type { Timeline } from './timeline.ts'
import type { Token } from './token.ts'

/** A request as its sender hands it to the network. */
export interface Request {
  readonly kind: Message['kind']
  readonly token: Token | undefined
  /** Whose session it is. */
  readonly device: Device
  /** Undefined where the owner of the session sends it. */
  readonly theft?: Theft | undefined
  readonly agent: Agent
  readonly network: NetworkProfile
  readonly strict: boolean
  readonly prng: Prng
  readonly onAnswer: (answer: Answer) => void
  /** The request or its answer is lost; the sender notices only that nothing comes. */
  readonly onLost: () => void
}

/** A request under way. */
export interface Sent extends Request {
  readonly message: Message
  arrivedAt: number
  arrivedTick: number
}

/** Who watches what reaches the server and what it answers. */
export interface Watcher {
  arrived(sent: Sent): void
  answered(sent: Sent, answer: Answer): void
  /** The request was lost, or its answer; undefined where the server died before there was one. */
  lost(sent: Sent, what: 'request' | 'answer', answer?: Answer): void
  delivered(sent: Sent, answer: Answer): void
}

/** Carries requests to the server and answers back: late, in another order, or never. */
export class Exchange {
  readonly #timeline: Timeline
  readonly #design: Design
  readonly #watcher: Watcher
  readonly #working = new Set<Sent>()
  #downUntil = 0

  constructor(timeline: Timeline, design: Design, watcher: Watcher) {
    this.#timeline = timeline
    this.#design = design
    this.#watcher = watcher
  }

  send(request: Request): void {
    const { kind, device, token, agent, strict, prng, network } = request
    const balanced = this.#design.isBalanced === true ? { lot: prng.whole() } : {}
    const client = clientOf(agent)
    const message: Message = { kind, user: device.user, token, client, strict, ...balanced }
    const sent: Sent = { ...request, message, arrivedAt: 0, arrivedTick: 0 }
    const delay = passage(prng, network)
    if (delay === undefined) this.#lose(sent, 'request')
    else this.#timeline.after(delay, () => this.#arrive(sent))
  }

  /** The process is gone for a while, and with it every request that it works on. */
  goDown(duration: number): void {
    this.#downUntil = this.#timeline.now + duration
    for (const sent of this.#working) this.#lose(sent, 'answer')
    this.#working.clear()
  }

  #arrive(sent: Sent): void {
    if (this.#timeline.now < this.#downUntil) {
      this.#lose(sent, 'request')
      return
    }
    sent.arrivedAt = this.#timeline.now
    sent.arrivedTick = this.#timeline.tick
    this.#watcher.arrived(sent)
    const answer = this.#design.answer(sent.message)
    if (answer instanceof Promise) {
      this.#working.add(sent)
      const isOpen = () => this.#working.delete(sent)
      answer.then(
        (late) => isOpen() && this.#answer(sent, late),
        () => isOpen() && this.#lose(sent, 'answer'),
      )
    } else {
      this.#answer(sent, answer)
    }
  }

  #answer(sent: Sent, answer: Answer): void {
    this.#watcher.answered(sent, answer)
    const delay = passage(sent.prng, sent.network)
    if (delay === undefined) {
      this.#lose(sent, 'answer', answer)
      return
    }
    this.#timeline.after(delay, () => {
      this.#watcher.delivered(sent, answer)
      sent.onAnswer(answer)
    })
  }

  #lose(sent: Sent, what: 'request' | 'answer', answer?: Answer): void {
    this.#watcher.lost(sent, what, answer)
    sent.onLost()
  }
}
