import { authOf, type Credential, type Outcome, passOf } from '../outcome.ts'
import { isFresh } from '../protocol/decide.ts'
import { SlidingSessionError } from '../protocol/errors.ts'
import type { Policy } from '../protocol/policy.ts'
import type { Client, Presented, Timestamp, VerifiedToken } from '../protocol/types.ts'
import { Recent } from '../recent.ts'
import { Verifier } from '../tokens/verifier.ts'
import { kidOf } from '../tokens/verify.ts'
import { type Answer, AuthServer } from './auth-server.ts'
import type { ResourceSettings } from './options.ts'
import { RemoteKeys } from './remote-keys.ts'

/** The auth server's word on a fresh token, and when it was given. */
interface Word {
  readonly outcome: Outcome
  readonly at: Timestamp
}

/** Judges tokens by the auth server's public keys, and asks the auth server where that is not enough. */
export class Resource {
  readonly policy: Policy
  readonly #strictMaxAge: number
  readonly #now: () => Timestamp
  readonly #authServer: AuthServer
  readonly #keys: RemoteKeys
  readonly #verifier: Verifier
  readonly #renewals = new Map<string, Promise<Outcome>>()
  readonly #words: Recent<string, Word>

  constructor(settings: ResourceSettings) {
    const { policy, strictMaxAge, now } = settings
    this.policy = policy
    this.#strictMaxAge = strictMaxAge
    this.#now = now
    this.#authServer = new AuthServer(settings)
    this.#keys = new RemoteKeys({
      fetchKeys: () => this.#authServer.fetchKeys(),
      onChange: () => this.#verifier.forget(),
    })
    this.#verifier = new Verifier(policy, this.#keys, policy.cacheSize)
    this.#words = new Recent(policy.cacheSize)
  }

  /** Judges a request; a fresh token is answered at once, without waiting, which is the common case. */
  authenticate(credential: Credential, client: () => Client, strict = false): Outcome | Promise<Outcome> {
    if (typeof credential !== 'string') return refusalOf(credential)
    const now = this.#now()
    if (!strict && this.#keys.areReady(now)) {
      const presented = this.#verifier.verify(credential, now)
      if (presented.kind === 'verified' && isFresh(presented.token, now, this.policy)) {
        return passOf(presented.token)
      }
    }
    return this.#resolve(credential, client(), strict, now)
  }

  /** What a resource server cannot know: it learns of a revocation only when it asks. */
  isRevoked(): boolean {
    return false
  }

  async #resolve(token: string, client: Client, strict: boolean, now: Timestamp): Promise<Outcome> {
    const presented = await this.#verify(token, now)
    if (presented.kind !== 'verified') return refusalOf(presented)
    if (!isFresh(presented.token, now, this.policy))
      return this.#renew(token, presented.token, client, strict)
    return strict ? this.#askStrictly(token, presented.token, client, now) : passOf(presented.token)
  }

  async #verify(token: string, now: Timestamp): Promise<Presented> {
    await this.#keys.prepare(now)
    const presented = this.#verifier.verify(token, now)
    const kid = presented.kind === 'invalid' ? kidOf(token) : undefined
    const isLearned = kid !== undefined && (await this.#keys.learn(kid, now))
    return isLearned ? this.#verifier.verify(token, now) : presented
  }

  async #askStrictly(
    token: string,
    verified: VerifiedToken,
    client: Client,
    now: Timestamp,
  ): Promise<Outcome> {
    const known = this.#words.get(token)
    if (known !== undefined && now - known.at < this.#strictMaxAge) return known.outcome
    const outcome = await this.#outcomeOf(
      await this.#authServer.ask({ token, client, strict: true }),
      verified,
    )
    if (this.#strictMaxAge > 0) this.#words.set(token, { outcome: withoutToken(outcome), at: now })
    return outcome
  }

  /**
   * Parallel requests of one client with one expired token share a renewal: the first one carries the new token.
   * Another client with the same token is judged by itself, and so is each strict request.
   */
  async #renew(token: string, verified: VerifiedToken, client: Client, strict: boolean): Promise<Outcome> {
    const ask = async () => this.#outcomeOf(await this.#authServer.ask({ token, client, strict }), verified)
    if (strict) return ask()
    const name = JSON.stringify([token, client.ip, client.userAgent])
    const underWay = this.#renewals.get(name)
    if (underWay !== undefined) return withoutToken(await underWay)
    const renewal = ask().finally(() => this.#renewals.delete(name))
    this.#renewals.set(name, renewal)
    return renewal
  }

  async #outcomeOf(answer: Answer, presented: VerifiedToken): Promise<Outcome> {
    if (answer.kind === 'refuse') return answer
    if (answer.token === undefined) return passOf(presented, answer.claims)
    const renewed = await this.#verify(answer.token, this.#now())
    const isSuccessor =
      renewed.kind === 'verified' &&
      renewed.token.jti === presented.jti &&
      renewed.token.userId === presented.userId
    if (!isSuccessor) throw new SlidingSessionError('unavailable', 'The auth server gave another token.')
    return { kind: 'pass', auth: authOf(renewed.token, renewed.token.claims, true), token: answer.token }
  }
}

function refusalOf(presented: Exclude<Presented, { kind: 'verified' }>): Outcome
function refusalOf(presented: Presented): Outcome
function refusalOf({ kind }: Presented): Outcome {
  return { kind: 'refuse', code: kind === 'verified' ? 'token_invalid' : `token_${kind}` }
}

/** No token is handed out twice. */
function withoutToken(outcome: Outcome): Outcome {
  if (outcome.kind !== 'pass') return outcome
  return { ...outcome, auth: { ...outcome.auth, renewed: false }, token: undefined }
}
