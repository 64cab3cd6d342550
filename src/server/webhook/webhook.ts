import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Timestamp } from '../../index.ts'
import type { EventRecord } from '../../stores/server-store.ts'
import { describeError } from '../describe-error.ts'
import { signedHeaders } from './signature.ts'

/** What came of an event: delivered, given up after the last attempt, or never tried as too many were waiting. */
export type DeliveryResult = 'delivered' | 'failed' | 'dropped'

export interface WebhookParts {
  readonly url: string
  readonly secret: string
  readonly logger: Logger
  readonly now: () => Timestamp
  /** Told what came of each event. */
  readonly onResult: (result: DeliveryResult) => void
  /** Waits, unless the signal ends it. Default: a timer. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** So many events wait at most; beyond that the latest ones are dropped. */
export const QUEUE_LIMIT = 1_000

/** Pauses between the attempts: six in some 13 minutes. */
export const PAUSES_MS = [1_000, 5_000, 30_000, 120_000, 600_000] as const

const ATTEMPT_TIMEOUT_MS = 10_000

/** How long a stop waits for what is still to be delivered. */
const STOP_DEADLINE_MS = 5_000

interface Message {
  readonly id: string
  readonly body: string
}

/**
 * Tells another system of audit events, one after another in their order. Nobody waits for it: what cannot be
 * delivered is tried again, and given up in the end; the audit trail has it all the same.
 */
export class Webhook {
  readonly #parts: WebhookParts
  readonly #waiting: Message[] = []
  readonly #stopping = new AbortController()
  readonly #deadline = new AbortController()
  #delivering: Promise<void> | undefined
  #isFull = false

  constructor(parts: WebhookParts) {
    this.#parts = parts
  }

  /** Takes an event for delivery; never waits, never throws. */
  send(event: Omit<EventRecord, 'id'>): void {
    if (this.#waiting.length >= QUEUE_LIMIT) {
      this.#drop()
      return
    }
    this.#isFull = false
    this.#waiting.push({ id: `evt_${randomUUID()}`, body: bodyOf(event) })
    this.#delivering ??= this.#deliverAll()
  }

  /** Tries what is left once more, for five seconds at most. */
  async close(): Promise<void> {
    this.#stopping.abort()
    const timer = setTimeout(() => this.#deadline.abort(), STOP_DEADLINE_MS)
    await this.#delivering
    clearTimeout(timer)
  }

  #drop(): void {
    if (!this.#isFull) this.#parts.logger.warn('the audit webhook is too slow: events are not delivered')
    this.#isFull = true
    this.#parts.onResult('dropped')
  }

  async #deliverAll(): Promise<void> {
    for (let message = this.#waiting[0]; message !== undefined; message = this.#waiting[0]) {
      if (this.#deadline.signal.aborted) {
        this.#giveUpAll()
        break
      }
      this.#parts.onResult((await this.#deliver(message)) ? 'delivered' : 'failed')
      this.#waiting.shift()
    }
    this.#delivering = undefined
  }

  #giveUpAll(): void {
    const given = this.#waiting.splice(0)
    for (const _ of given) this.#parts.onResult('failed')
    this.#parts.logger.error({ count: given.length }, 'audit events could not be delivered before the stop')
  }

  async #deliver(message: Message): Promise<boolean> {
    for (const pause of [...PAUSES_MS, undefined]) {
      if (await this.#attempt(message)) return true
      if (pause === undefined || this.#stopping.signal.aborted) break
      await this.#pause(pause)
    }
    this.#parts.logger.error({ delivery: message.id }, 'an audit event could not be delivered')
    return false
  }

  async #attempt({ id, body }: Message): Promise<boolean> {
    const { url, secret, logger, now } = this.#parts
    const timestamp = Math.floor(now() / 1000)
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: signedHeaders({ id, timestamp, body }, secret),
        body,
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(ATTEMPT_TIMEOUT_MS), this.#deadline.signal]),
      })
      await response.body?.cancel()
      if (!response.ok) logger.warn({ delivery: id, status: response.status }, 'the audit webhook refused')
      return response.ok
    } catch (error) {
      logger.warn({ delivery: id, err: describeError(error) }, 'the audit webhook did not answer')
      return false
    }
  }

  /** A stop ends the pause, and the next attempt is the last. */
  async #pause(milliseconds: number): Promise<void> {
    const { wait = pauseFor } = this.#parts
    await wait(milliseconds, this.#stopping.signal).catch(() => undefined)
  }
}

/** As in `GET /admin/events`, but for the number that the database gives. */
function bodyOf({ at, type, ...data }: Omit<EventRecord, 'id'>): string {
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), data })
}

async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal, ref: false })
}
