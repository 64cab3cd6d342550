import type { Wallet } from './client.ts'
import type { Answer } from './designs/design.ts'
import { drawException, type Exception, networkOf, walletsOf } from './exception.ts'
import type { Exchange, Request } from './exchange.ts'
import { type Agent, drawAgent } from './fingerprint.ts'
import type { NetworkProfile } from './network.ts'
import { Prng } from './prng.ts'
import type { Settings } from './settings.ts'
import type { Timeline } from './timeline.ts'
import type { Token } from './token.ts'

/** How many former tokens of a device a thief can still find somewhere. */
const REMEMBERED = 20

interface DeviceParts {
  readonly number: number
  readonly seed: number
  readonly settings: Settings
  readonly timeline: Timeline
  readonly exchange: Exchange
  readonly needsRefresh: boolean
}

/** A user's browser or app with its tabs: an honest client. */
export class Device {
  readonly name: string
  readonly user: string
  readonly exception: Exception | undefined
  agent: Agent
  /** Tokens that it once held, oldest first. */
  readonly former: Token[] = []
  readonly #parts: DeviceParts
  readonly #network: NetworkProfile
  readonly #wallets: readonly Wallet[]
  /** The requests that wait for a login or refresh that is under way. */
  readonly #queues = new Map<Wallet, (() => void)[]>()

  constructor(parts: DeviceParts) {
    const { number, seed, settings } = parts
    const prng = new Prng(seed)
    this.#parts = parts
    this.name = `device ${number}`
    this.user = `user-${number % settings.users}`
    this.agent = drawAgent(prng)
    this.exception = drawException(prng, settings)
    this.#network = networkOf(this.exception, settings)
    this.#wallets = walletsOf(this.exception)
  }

  /** The token that somebody who can read the storage would find. */
  get token(): Token | undefined {
    return this.#wallets.find(({ token }) => token !== undefined)?.token
  }

  /** Sends requests from a tab, after a login where there is no session. */
  act(tab: number, requests: number, prng: Prng): void {
    const wallet = this.#walletOf(tab)
    if (wallet.token === undefined) {
      this.#login(wallet, prng)
      return
    }
    for (let request = 0; request < requests; request += 1) this.#work(wallet, new Prng(prng.whole()), true)
  }

  /** The user has logged out: the storage is cleared. */
  loggedOut(token: Token): void {
    for (const wallet of this.#wallets) wallet.end(token)
  }

  move(prng: Prng): void {
    const isFar = prng.chance(0.7)
    const { network } = this.agent
    this.agent = {
      ...this.agent,
      network: isFar ? prng.between(0, 255) : network,
      host: prng.between(1, 254),
    }
  }

  upgrade(): void {
    this.agent = { ...this.agent, version: this.agent.version + 1 }
  }

  /** A tab without a token takes over what another one has, as a tab does that is opened from it. */
  #walletOf(tab: number): Wallet {
    const wallet = this.#wallets[tab % this.#wallets.length] as Wallet
    const { token } = this
    if (wallet.token === undefined && token !== undefined) wallet.begin(token)
    return wallet
  }

  #work(wallet: Wallet, prng: Prng, mayRetry: boolean): void {
    const { token } = wallet
    if (token === undefined) return
    if (this.#parts.needsRefresh && this.#isExpired(token)) {
      this.#refresh(wallet, prng, () => this.#work(wallet, prng, mayRetry))
      return
    }
    const retry = () => this.#later(prng, () => this.#work(wallet, prng, false))
    this.#send('work', token, prng, {
      onAnswer: (answer) => this.#take(wallet, token, answer, mayRetry ? retry : undefined),
      onLost: () => {
        if (mayRetry && prng.chance(0.6)) retry()
      },
    })
  }

  #take(wallet: Wallet, token: Token, answer: Answer, retry: (() => void) | undefined): void {
    if (answer.kind === 'pass' && answer.token !== undefined) this.#keep(wallet, answer.token)
    if (answer.kind !== 'refuse') return
    if (answer.code !== 'refresh_needed') wallet.end(token)
    else retry?.()
  }

  /** The client's side of a token pair: one refresh at a time for all tabs; the others wait for it. */
  #refresh(wallet: Wallet, prng: Prng, then: () => void): void {
    const queue = this.#queues.get(wallet)
    if (queue !== undefined) {
      queue.push(then)
      return
    }
    this.#queues.set(wallet, [then])
    this.#sendRefresh(wallet, prng, 3)
  }

  #sendRefresh(wallet: Wallet, prng: Prng, attempts: number): void {
    const { token } = wallet
    const goOn = () => {
      const queue = this.#queues.get(wallet) ?? []
      this.#queues.delete(wallet)
      if (wallet.token !== undefined && !this.#isExpired(wallet.token)) for (const then of queue) then()
    }
    if (token === undefined || attempts === 0) {
      goOn()
      return
    }
    this.#send('refresh', token, prng, {
      onAnswer: (answer) => {
        this.#take(wallet, token, answer, undefined)
        goOn()
      },
      onLost: () => this.#later(prng, () => this.#sendRefresh(wallet, prng, attempts - 1)),
    })
  }

  #login(wallet: Wallet, prng: Prng): void {
    if (this.#queues.has(wallet)) return
    this.#queues.set(wallet, [])
    const done = () => this.#queues.delete(wallet)
    this.#send('login', prng.chance(0.8) ? wallet.former : undefined, prng, {
      onAnswer: (answer) => {
        done()
        if (answer.kind === 'pass' && answer.token !== undefined) {
          wallet.begin(answer.token)
          this.#remember(answer.token)
        }
      },
      onLost: () => this.#later(prng, done),
    })
  }

  #send(
    kind: Request['kind'],
    token: Token | undefined,
    prng: Prng,
    on: Pick<Request, 'onAnswer' | 'onLost'>,
  ): void {
    const { exchange, settings } = this.#parts
    const strict = kind === 'work' && settings.rates.strict > 0 && prng.chance(settings.rates.strict)
    const { agent } = this
    exchange.send({ kind, token, device: this, agent, network: this.#network, strict, prng, ...on })
  }

  #keep(wallet: Wallet, token: Token): void {
    wallet.keep(token)
    if (wallet.token === token) this.#remember(token)
  }

  #remember(token: Token): void {
    this.former.push(token)
    if (this.former.length > REMEMBERED) this.former.shift()
  }

  /** A client waits for a while before it tries again: sometimes within the grace, sometimes beyond. */
  #later(prng: Prng, run: () => void): void {
    const { grace } = this.#parts.settings.rules
    this.#parts.timeline.after(prng.pick([1_000, 5_000, grace / 2, 1.5 * grace]), run)
  }

  #isExpired({ expiresAt }: Token): boolean {
    return this.#parts.timeline.now >= expiresAt
  }
}
