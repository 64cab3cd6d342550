import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { SlidingSession } from '../../index.ts'
import { onCommit } from '../../stores/commits.ts'
import { onFailure } from '../../stores/or-unavailable.ts'
import type { SessionStore } from '../../stores/store.ts'
import type { RequestOutcome } from '../request-outcome.ts'
import type { DeliveryResult } from '../webhook/webhook.ts'
import { type MemoryLooks, meteredStore } from './metered-store.ts'

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const WRITES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

/**
 * What Prometheus is told. The labels are few and closed: outcome codes, and whether memory knew. Nothing of a
 * user, a session or an address.
 */
export class Metrics {
  readonly registry = new Registry()
  readonly #looks: MemoryLooks = { hits: 0, misses: 0 }
  readonly #listening: (() => void)[] = []
  readonly #requests = this.#counter('requests_total', 'Requests by what came of them.', ['outcome'])
  readonly #seconds = this.#histogram('request_duration_seconds', 'How long requests took.', SECONDS)
  readonly #loginFailures = this.#counter('login_failures_total', 'Passwords that were wrong.')
  readonly #deliveries = this.#counter(
    'webhook_events_total',
    'Audit events for the webhook by what came of them.',
    ['result'],
  )
  readonly #commitSeconds = this.#histogram(
    'commit_duration_seconds',
    'How long commits took until they were durable.',
    SECONDS,
  )
  readonly #commitWrites = this.#histogram('commit_writes', 'How many writes shared a commit.', WRITES)

  constructor() {
    this.#counter('session_lookups_total', 'Looks into memory for a session.', ['result'], (counter) => {
      counter.inc({ result: 'hit' }, this.#looks.hits)
      counter.inc({ result: 'miss' }, this.#looks.misses)
    })
  }

  /** The same store, whose memory is counted when it is asked. */
  meter(sessions: SessionStore): SessionStore {
    return meteredStore(sessions, this.#looks)
  }

  /** Counts what the library tells of sessions; `active` is asked for their number at each scrape. */
  listen(sessions: SlidingSession, active: () => Promise<number | undefined>): void {
    const started = this.#counter('sessions_started_total', 'Logins.')
    const renewed = this.#counter('renewals_total', 'Renewals.')
    const graced = this.#counter(
      'grace_answers_total',
      'Expired tokens that were answered within grace, without a new one.',
    )
    const reused = this.#counter('reuses_caught_total', 'Superseded tokens that were used: theft.')
    const mismatched = this.#counter('fingerprint_refusals_total', 'Tokens that came from another client.')
    const failed = this.#counter('store_errors_total', 'Questions that the database did not answer.')
    this.#gauge('active_sessions', 'Sessions that can be used, of all processes.', active)
    this.#listening.push(
      onCommit(({ writes, milliseconds }) => {
        this.#commitWrites.observe(writes)
        this.#commitSeconds.observe(milliseconds / 1000)
      }),
      // Of users, events and limits, of which the library knows nothing.
      onFailure(() => failed.inc()),
    )
    sessions
      .on('session.started', () => started.inc())
      .on('session.renewed', () => renewed.inc())
      .on('session.graced', () => graced.inc())
      .on('session.reused', () => reused.inc())
      .on('session.refused', ({ code }) => {
        if (code === 'fingerprint_mismatch') mismatched.inc()
      })
      .on('store.failed', () => failed.inc())
  }

  /** Adds what Node tells of the process: the event loop's delay, memory, CPU, garbage collection. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry })
  }

  countDelivery(result: DeliveryResult): void {
    this.#deliveries.inc({ result })
  }

  countRequest(outcome: RequestOutcome, seconds: number): void {
    this.#requests.inc({ outcome })
    this.#seconds.observe(seconds)
    if (outcome === 'credentials_invalid') this.#loginFailures.inc()
  }

  close(): void {
    for (const stop of this.#listening) stop()
    this.registry.clear()
  }

  /** `read`, where given, sets the counter anew at each scrape. */
  #counter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
    read?: (counter: Counter<Label>) => void,
  ): Counter<Label> {
    return new Counter<Label>({
      name: `sliding_jwt_${name}`,
      help,
      labelNames,
      registers: [this.registry],
      ...(read && {
        collect() {
          this.reset()
          read(this)
        },
      }),
    })
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name: `sliding_jwt_${name}`, help, buckets, registers: [this.registry] })
  }

  /** Not a number while it is not known. */
  #gauge(name: string, help: string, read: () => Promise<number | undefined>): void {
    new Gauge({
      name: `sliding_jwt_${name}`,
      help,
      registers: [this.registry],
      async collect() {
        this.set((await read()) ?? Number.NaN)
      },
    })
  }
}
