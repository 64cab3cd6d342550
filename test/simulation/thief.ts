import type { Answer } from './designs/design.ts'
import type { Device } from './device.ts'
import type { Exchange } from './exchange.ts'
import { type Agent, mustAccept, otherAgent } from './fingerprint.ts'
import { Prng } from './prng.ts'
import type { TheftPlan } from './script.ts'
import type { Settings } from './settings.ts'
import type { Theft } from './theft.ts'
import type { Timeline } from './timeline.ts'
import type { Token } from './token.ts'
import type { SessionTruth, Truth } from './truth.ts'

/** A thief's line is better than that of the people. */
const NETWORK = { lost: 0.01, late: 0, latest: 100 }

/** What a thief needs of the world. */
export interface ThiefParts {
  readonly settings: Settings
  readonly timeline: Timeline
  readonly exchange: Exchange
  readonly needsRefresh: boolean
  readonly truth: Truth
}

/** Somebody who copies a token once and uses the copy until it is refused. */
export class Thief {
  readonly theft: Theft
  readonly #device: Device
  readonly #prng: Prng
  readonly #parts: ThiefParts
  readonly #agent: Agent

  private constructor(
    device: Device,
    copy: Token,
    session: SessionTruth,
    plan: TheftPlan,
    prng: Prng,
    parts: ThiefParts,
  ) {
    this.#device = device
    this.#prng = prng
    this.#parts = parts
    this.#agent = plan.fingerprint === 'same' ? device.agent : otherAgent(device.agent, prng)
    const { timeline, settings, truth } = parts
    this.theft = {
      name: `thief ${truth.thefts.length + 1}`,
      plan,
      session,
      canRenew: mustAccept(settings.rules.fingerprint, session.reference, this.#agent),
      copiedAt: timeline.now,
      held: copy,
      firstUse: undefined,
      lastAnswer: undefined,
      partedAt: isSuperseded(copy, device) ? timeline.now : undefined,
      begun: undefined,
      closed: undefined,
      shutOutAt: timeline.now,
    }
  }

  /** Copies a token of a device, if there is one to copy. */
  static steal(device: Device, plan: TheftPlan, prng: Prng, parts: ThiefParts): Thief | undefined {
    const copy = plan.what === 'current' ? device.token : prng.pick([device.token, ...device.former])
    const session = copy && parts.truth.sessions.get(copy.session)
    if (copy === undefined || session === undefined) return undefined
    const thief = new Thief(device, copy, session, plan, prng, parts)
    session.thefts.push(thief.theft)
    parts.truth.thefts.push(thief.theft)
    parts.timeline.after(thief.#untilFirstUse(), () => thief.#use())
    return thief
  }

  #untilFirstUse(): number {
    const { rules } = this.#parts.settings
    const untilExpiry = this.#untilExpiry()
    switch (this.theft.plan.moment) {
      case 'now':
        return 0
      case 'expiry':
        return untilExpiry + this.#prng.between(0, 50)
      case 'afterGrace':
        return untilExpiry + rules.grace + this.#prng.between(0, rules.grace)
      case 'late':
        return untilExpiry + this.#prng.between(0, 3 * rules.tokenTtl)
    }
  }

  #untilExpiry(): number {
    const { rules } = this.#parts.settings
    return Math.max(0, this.theft.held.expiresAt + rules.leeway - this.#parts.timeline.now)
  }

  #use(): void {
    const requests = this.theft.plan.strategy === 'burst' ? this.#prng.between(3, 6) : 1
    for (let request = 0; request < requests; request += 1) this.#send(request === 0)
  }

  #send(goesOn: boolean): void {
    const { exchange, needsRefresh } = this.#parts
    const token = this.theft.held
    const again = () => {
      if (goesOn) this.#parts.timeline.after(this.#prng.between(500, 5_000), () => this.#use())
    }
    exchange.send({
      kind: needsRefresh && this.#untilExpiry() === 0 ? 'refresh' : 'work',
      token,
      device: this.#device,
      theft: this.theft,
      agent: this.#agent,
      network: NETWORK,
      strict: false,
      prng: new Prng(this.#prng.whole()),
      onAnswer: (answer) => this.#take(answer, goesOn),
      onLost: again,
    })
  }

  #take(answer: Answer, goesOn: boolean): void {
    const { theft } = this
    if (answer.kind === 'pass' && answer.token !== undefined && answer.token.gen > theft.held.gen) {
      theft.held = answer.token
    }
    const isOver = answer.kind === 'refuse' && answer.code !== 'refresh_needed'
    if (isOver || !goesOn || theft.plan.strategy === 'once') return
    this.#parts.timeline.after(this.#untilNextUse(), () => this.#use())
  }

  #untilNextUse(): number {
    const { grace, tokenTtl } = this.#parts.settings.rules
    const untilExpiry = this.#untilExpiry()
    const { strategy, moment } = this.theft.plan
    if (strategy === 'eager') return this.#prng.between(tokenTtl / 10, tokenTtl / 3)
    if (strategy === 'burst') return this.#prng.between(tokenTtl / 2, 2 * tokenTtl)
    if (untilExpiry === 0) return grace + this.#prng.between(0, 1_000)
    return untilExpiry + (moment === 'afterGrace' ? grace : 0) + this.#prng.between(0, 50)
  }
}

/** Whether the device has gone on to a newer token, or to another session. */
function isSuperseded(copy: Token, { token }: Device): boolean {
  return token === undefined || token.session !== copy.session || token.gen > copy.gen
}
