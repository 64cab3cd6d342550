import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import ipaddr from 'ipaddr.js'
import { SlidingSessionError } from '../index.ts'
import type { Failures, LoginLimitStore } from '../stores/server-store.ts'
import { foldName } from './credentials.ts'
import { KeyedQueue } from './keyed-queue.ts'

/** How many attempts may fail in the window that the first failure opens. */
export const FAILURE_LIMITS = { account: 10, ip: 100, windowMs: 900_000 } as const

/** Passwords are checked on a few threads at once; more would only wait there, and check the limits too early. */
const QUEUE = { running: Math.min(4, availableParallelism()), perKey: 200, total: 1_000 } as const

/** Bits of an IPv6 address that one customer of a provider keeps; below them, addresses are free to choose. */
const IPV6_CUSTOMER_BITS = 56

type Scope = 'account' | 'ip'

/** Who tries to prove that an account is theirs. */
export interface Attempt {
  readonly username: string
  readonly ip: string
}

/** A failed attempt; `reached`: the limits that it was the last to be allowed by. */
interface Failed {
  readonly kind: 'failed'
  readonly reached: readonly Scope[]
}

/** The limit of failed attempts is reached: 429. */
export class RateLimited extends SlidingSessionError {
  /** In whole seconds. */
  readonly retryAfter: number

  constructor(milliseconds: number) {
    super('rate_limited')
    this.retryAfter = Math.max(1, Math.ceil(milliseconds / 1000))
  }
}

/**
 * Limits how often passwords can be guessed. Only failures count, so the attempts of one account are checked
 * one after another: each sees what came of those before it, no more than the limit are ever verified, and any
 * number of right ones pass. The attempts from one address overrun its limit by no more than run at once.
 * Names that no user has are treated like any other.
 */
export class LoginLimits {
  readonly #store: LoginLimitStore
  readonly #queue = new KeyedQueue(QUEUE)

  constructor(store: LoginLimitStore) {
    this.#store = store
  }

  /**
   * Runs `check` when its turn comes; what it answers, or `failed` where that is undefined.
   *
   * @throws RateLimited where too many attempts failed, or too many are waiting.
   */
  async attempt<T>(
    { username, ip }: Attempt,
    check: () => Promise<T | undefined>,
  ): Promise<{ readonly kind: 'passed'; readonly value: T } | Failed> {
    const keys = { account: accountKey(username), ip: ipKey(ip) }
    const turn = this.#queue.run(keys.account, async () => {
      const failures = await this.#refuseTooMany(keys)
      const value = await check()
      if (value === undefined) return this.#countFailure(keys)
      if (failures.account.count > 0) await this.#store.clear(keys.account)
      return { kind: 'passed', value } as const
    })
    if (turn === undefined) throw new RateLimited(0)
    return turn
  }

  async #refuseTooMany(keys: Record<Scope, string>): Promise<Record<Scope, Failures>> {
    const [account, ip] = await Promise.all([
      this.#store.failures(keys.account),
      this.#store.failures(keys.ip),
    ])
    const exceeded = [
      account.count >= FAILURE_LIMITS.account ? account.resetsIn : 0,
      ip.count >= FAILURE_LIMITS.ip ? ip.resetsIn : 0,
    ]
    const wait = Math.max(...exceeded)
    if (wait > 0) throw new RateLimited(wait)
    return { account, ip }
  }

  async #countFailure(keys: Record<Scope, string>): Promise<Failed> {
    const scopes: readonly Scope[] = ['account', 'ip']
    const counted = await Promise.all(
      scopes.map((scope) => this.#store.addFailure(keys[scope], FAILURE_LIMITS.windowMs)),
    )
    return {
      kind: 'failed',
      reached: scopes.filter((scope, index) => counted[index]?.count === FAILURE_LIMITS[scope]),
    }
  }
}

/** Hashed, as people type passwords where names belong. */
function accountKey(username: string): string {
  return `account:${createHash('sha256').update(foldName(username)).digest('base64url')}`
}

function ipKey(ip: string): string {
  if (!ipaddr.IPv6.isValid(ip)) return `ip:${ip}`
  return `ip:${ipaddr.IPv6.networkAddressFromCIDR(`${ipaddr.parse(ip)}/${IPV6_CUSTOMER_BITS}`)}`
}
