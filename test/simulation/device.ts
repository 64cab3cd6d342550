import type { Post, Wallet } from './client.ts'
import type { Answer } from './designs/design.ts'
import { drawException, type Exception, networkOf, walletsOf } from './exception.ts'
import type { Exchange, Request } from './exchange.ts'
import { type Agent, drawAgent } from './fingerprint.ts'
import type { NetworkProfile } from './network.ts'
import { Prng } from './prng.ts'
import type { Settings } from './settings.ts'
import type { Settling } from './settling.ts'
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
  readonly settling: Settling
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
    this.#wallets = walletsOf(this.exception, parts.settling)
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
  loggedOut({ session }: Token): void {
    for (const wallet of this.#wallets) wallet.clear(session)
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
    if (wallet.token === undefined && token !== undefined) wallet.takeOver(token)
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
    wallet.request(this.#post('work', prng), (answer) => {
      this.#look(wallet, answer)
      const isInVain = answer === undefined ? prng.chance(0.6) : isRefreshNeeded(answer)
      if (mayRetry && isInVain) retry()
    })
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
    wallet.request(this.#post('refresh', prng), (answer) => {
      this.#look(wallet, answer)
      if (answer === undefined) this.#later(prng, () => this.#sendRefresh(wallet, prng, attempts - 1))
      else goOn()
    })
  }

  #login(wallet: Wallet, prng: Prng): void {
    if (this.#queues.has(wallet)) return
    this.#queues.set(wallet, [])
    const done = () => this.#queues.delete(wallet)
    wallet.logIn(prng.chance(0.8), this.#post('login', prng), (answer) => {
      this.#look(wallet, answer)
      if (answer === undefined) this.#later(prng, done)
      else done()
    })
  }

  #post(kind: Request['kind'], prng: Prng): Post {
    const { exchange, settings } = this.#parts
    return (token, on) => {
      const strict = kind === 'work' && settings.rates.strict > 0 && prng.chance(settings.rates.strict)
      const { agent } = this
      exchange.send({ kind, token, device: this, agent, network: this.#network, strict, prng, ...on })
    }
  }

  /** Notes the token that came with an answer, where the client has kept it. */
  #look({ token }: Wallet, answer: Answer | undefined): void {
    if (token === undefined || answer?.kind !== 'pass' || answer.token?.text !== token.text) return
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

function isRefreshNeeded(answer: Answer): boolean {
  return answer.kind === 'refuse' && answer.code === 'refresh_needed'
}
