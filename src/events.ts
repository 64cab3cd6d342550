import { EventEmitter } from 'node:events'
import type { RefusalCode } from './protocol/errors.ts'
import type { RevocationReason, Timestamp } from './protocol/types.ts'

interface SessionEvent {
  readonly at: Timestamp
  readonly userId: string
  readonly jti: string
}

/** What can be listened to, and what a listener is told. No event ever carries a token. */
export interface SessionEvents {
  /** A user logged in. */
  'session.started': SessionEvent & { readonly ip: string; readonly userAgent: string }
  /** A token was replaced by the one of generation `gen`. */
  'session.renewed': SessionEvent & { readonly gen: number }
  /**
   * An expired token of generation `gen` was answered without a new one, as it had caused a renewal less than
   * `grace` ago: a parallel request.
   */
  'session.graced': SessionEvent & { readonly gen: number }
  /** A session was renewed from another address than before. */
  'session.moved': SessionEvent & { readonly from: string; readonly to: string }
  /** A token with a right signature was refused. */
  'session.refused': SessionEvent & { readonly code: RefusalCode; readonly ip: string }
  /** A superseded token of generation `gen` was used: two parties held tokens of one session. It was revoked. */
  'session.reused': SessionEvent & { readonly gen: number; readonly ip: string; readonly userAgent: string }
  /**
   * One session (`jti`) or several sessions of a user (`jti` is undefined) were revoked. `ip` is the address of the
   * client whose token was the reason; undefined where somebody asked for it.
   */
  'session.revoked': {
    readonly at: Timestamp
    readonly userId: string
    readonly jti: string | undefined
    readonly count: number
    readonly reason: RevocationReason
    readonly ip: string | undefined
  }
  /** The database failed, or did not answer. */
  'store.failed': { readonly at: Timestamp; readonly error: unknown }
}

/** What `on` takes. */
export type SessionEventName = keyof SessionEvents
/** Told of each event of that name; what it throws becomes a warning of the process. */
export type SessionListener<Name extends SessionEventName> = (event: SessionEvents[Name]) => void

/** A typed emitter whose listeners cannot break a request: what one throws, or rejects with, becomes a process warning. */
export class Events {
  readonly #emitter = new EventEmitter()

  on<Name extends SessionEventName>(name: Name, listener: SessionListener<Name>): void {
    this.#emitter.on(name, listener)
  }

  off<Name extends SessionEventName>(name: Name, listener: SessionListener<Name>): void {
    this.#emitter.off(name, listener)
  }

  emit<Name extends SessionEventName>(name: Name, event: SessionEvents[Name]): void {
    for (const listener of this.#emitter.listeners(name)) {
      try {
        const answer: unknown = listener(event)
        if (answer instanceof Promise) answer.catch((error: unknown) => warnOf(name, error))
      } catch (error) {
        warnOf(name, error)
      }
    }
  }
}

function warnOf(name: SessionEventName, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  process.emitWarning(`A listener of ${name} threw: ${message}`)
}
