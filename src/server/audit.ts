import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { SlidingSession, Timestamp } from '../index.ts'
import type { EventRecord, EventStore } from '../stores/server-store.ts'
import { describeError } from './describe-error.ts'
import { currentActor } from './request-context.ts'

/** Everything that the audit trail records. */
export const EVENT_TYPES = [
  'login.succeeded',
  'login.failed',
  'login.limited',
  'session.revoked',
  'session.reused',
  'session.moved',
  'session.refused',
  'user.created',
  'user.updated',
  'password.changed',
] as const

export type EventType = (typeof EVENT_TYPES)[number]

/** What is known of an event; who did it and from where is taken from the request where it is not given. */
export interface AuditEntry {
  readonly type: EventType
  readonly at?: Timestamp | undefined
  readonly userId?: string | undefined
  readonly actorId?: string | undefined
  readonly jti?: string | undefined
  readonly ip?: string | undefined
  /** Never a token or a password. */
  readonly detail?: Readonly<Record<string, unknown>>
}

interface AuditParts {
  readonly events: EventStore
  readonly logger: Logger
  readonly now: () => Timestamp
  /** Told of each event, whether or not it can be recorded. */
  readonly tell?: ((event: Omit<EventRecord, 'id'>) => void) | undefined
}

/** What anybody can cause without an account is recorded this often in a minute, and no more. */
const STRANGERS_PER_MINUTE = 600
const BY_STRANGERS: ReadonlySet<EventType> = new Set(['login.failed', 'login.limited', 'session.refused'])

/** The same token refused again and again is one event in this time. */
const REFUSED_AGAIN_MS = 3_600_000

/** The audit trail. What cannot be recorded is logged, and never breaks what it is about. */
export class Audit {
  readonly #events: EventStore
  readonly #logger: Logger
  readonly #now: () => Timestamp
  readonly #tell: AuditParts['tell']
  readonly #writing = new Set<Promise<void>>()
  readonly #refused = new LRUCache<string, Timestamp>({ max: 10_000 })
  #minute = 0
  #byStrangers = 0

  constructor({ events, logger, now, tell }: AuditParts) {
    this.#events = events
    this.#logger = logger
    this.#now = now
    this.#tell = tell
  }

  /** Records an event, soon; nobody has to wait for it. */
  record({ type, at = this.#now(), userId, actorId, jti, ip, detail = {} }: AuditEntry): void {
    if (BY_STRANGERS.has(type) && this.#isFlood(at)) return
    const actor = currentActor()
    const event = {
      at,
      type,
      userId: userId ?? null,
      actorId: actorId ?? actor.actorId,
      jti: jti ?? null,
      ip: ip ?? actor.ip,
      detail,
    }
    this.#tell?.(event)
    const writing = this.#events
      .append(event)
      .catch((error) =>
        this.#logger.error({ event: type, err: describeError(error) }, 'an audit event is lost'),
      )
      .finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }

  /** Records what the library tells of sessions; renewals are not news. */
  listen(sessions: SlidingSession): void {
    sessions
      .on('session.revoked', ({ at, userId, jti, count, reason, ip }) =>
        this.record({ type: 'session.revoked', at, userId, jti, ip, detail: { reason, count } }),
      )
      .on('session.reused', ({ at, userId, jti, gen, ip, userAgent }) =>
        this.record({ type: 'session.reused', at, userId, jti, ip, detail: { gen, userAgent } }),
      )
      .on('session.moved', ({ at, userId, jti, from, to }) =>
        this.record({ type: 'session.moved', at, userId, jti, ip: to, detail: { from, to } }),
      )
      .on('session.refused', ({ at, userId, jti, code, ip }) => {
        if (code !== 'fingerprint_mismatch' || this.#wasRefusedLately(jti, at)) return
        this.record({ type: 'session.refused', at, userId, jti, ip, detail: { code } })
      })
  }

  /** Settled when everything recorded so far is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing)
  }

  #isFlood(at: Timestamp): boolean {
    const minute = Math.floor(at / 60_000)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#byStrangers = 0
    }
    this.#byStrangers += 1
    if (this.#byStrangers === STRANGERS_PER_MINUTE + 1) {
      this.#logger.warn('too many refused logins and tokens: no more are recorded in this minute')
    }
    return this.#byStrangers > STRANGERS_PER_MINUTE
  }

  #wasRefusedLately(jti: string, at: Timestamp): boolean {
    const before = this.#refused.get(jti)
    if (before !== undefined && at - before < REFUSED_AGAIN_MS) return true
    this.#refused.set(jti, at)
    return false
  }
}
