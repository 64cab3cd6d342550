import type { Client, Lineage, RevocationReason } from '../../../src/protocol/types.ts'
import type { Token } from '../token.ts'

/** A request as it reaches a server, whatever its design. */
export interface Message {
  /** `refresh` is sent only to designs that need it. */
  readonly kind: 'work' | 'login' | 'refresh'
  readonly user: string
  readonly token: Token | undefined
  readonly client: Client
  readonly strict: boolean
  /** By which a load balancer chooses a server, where there are several. */
  readonly lot?: number
}

export type Answer =
  | { readonly kind: 'pass'; readonly token: Token | undefined; readonly role: string | undefined }
  | { readonly kind: 'refuse'; readonly code: string }
  /** `isCut`: the server could not reach its database, or there was no server. */
  | { readonly kind: 'unavailable'; readonly isCut?: boolean }

/** Reads and writes of the database since the beginning. */
export interface Traffic {
  reads: number
  writes: number
}

/** How a server deals with sessions: ours, or one of those that it is compared with. */
export interface Design {
  readonly name: string
  /** Whether the client has to send a request of its own when its token has expired. */
  readonly needsRefresh: boolean
  /** Whether a fresh token of a revoked session is refused; else it passes until it expires. */
  readonly asksEachTime: boolean
  /** Whether there are several servers. */
  readonly isBalanced?: boolean
  readonly traffic: Traffic
  /** Answers at once, or with a promise. */
  answer(message: Message): Answer | Promise<Answer>
  revoke(session: string, reason: RevocationReason): Promise<void>
  revokeAll(user: string, reason: RevocationReason): Promise<void>
  prune(): Promise<void>
  /** The process dies and starts again: what was not yet committed is lost, answers under way in it too. */
  crash(): void
  /** Takes a copy of the database. */
  copy(): void
  /** The process starts again with the copy; false where there is none. */
  restore(): boolean
  /** Waits until everything that can go on without time passing has done so. */
  settle(): Promise<void>
  close(): void
}

/** What the invariants look at in a record, read past the engine and its store. */
export interface RecordState extends Lineage {
  readonly valid: number
  readonly updatedAt: number
}

/** The records of the engine that is watched. */
export interface Records {
  /** The record as the database has it; undefined where there is none. */
  record(session: string): RecordState | undefined
  /** Whether an operation on this session still waits to reach the database. */
  isWaiting(session: string): boolean
}

/** Whether a design is ours, so that the invariants are for it. */
export function isOurs(design: Design): design is Design & Records {
  return 'record' in design
}

/** What a design asks of the world around it. */
export interface Surroundings {
  /** The role of a user; undefined where the user is banned. */
  readonly roleOf: (user: string) => string | undefined
  /** A revocation is in the database, asked for by somebody or found due by the design itself. */
  readonly revoked: (
    target: { readonly session: string } | { readonly user: string },
    reason: RevocationReason,
  ) => void
}
