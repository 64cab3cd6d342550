import type { Client, Lineage, RevocationReason, SessionRecord, Timestamp } from '../protocol/types.ts'

/**
 * Where sessions are kept. Every method that may wait answers with a promise, which is settled only when
 * the change is durable; a rejected promise means that nothing was changed, or, where a connection broke, that
 * nobody can tell. All conditions are part of the write itself, so that several processes can use one database.
 */
export interface SessionStore {
  /**
   * The record as far as it is in memory and known to be current; undefined where `find` must be asked.
   * Never waits. Current means: as of this call; for a request that is answered while the event loop still
   * hands out what it took from the system before, as of then, if `socket` tells which one it came by.
   */
  peek(jti: string, socket?: object): SessionRecord | undefined
  /** The record as the database has it; undefined where there is none. */
  find(jti: string): Promise<SessionRecord | undefined>
  /** Adds the record of a new session. */
  create(record: SessionRecord): Promise<void>
  /**
   * Writes a renewal if the record is valid and its `issued` and `seen` are still the expected ones.
   * Answers whether it did; false where somebody was faster.
   */
  renew(renewal: Renewal): Promise<boolean>
  /**
   * Records the first use of a generation, if the record is valid and its `floor` is still below it:
   * `seen = gen`, `floor = max(issued, gen)`.
   */
  markSeen(jti: string, gen: number): Promise<void>
  /** Revokes what is `valid` among the target's sessions, idle ones too; answers with their number. */
  revoke(target: RevocationTarget, reason: RevocationReason, at: Timestamp): Promise<number>
  /** A user's sessions that are still recorded: valid ones first, then the latest renewal first; at most 1,000. */
  list(userId: string): Promise<SessionRecord[]>
  /**
   * Deletes, in small batches, the records that ended before the given times; answers with their number.
   * `onProgress` is told, now and then, how much of the work is done; a store that does not know tells nothing.
   */
  prune(ended: EndedBefore, now: Timestamp, onProgress?: OnProgress): Promise<number>
  /** Ends a `prune` that is under way, without a failure, and frees what the store itself opened. */
  close(): Promise<void>
}

/** The longest device list. */
export const LONGEST_LIST = 1_000

/** Told of a share of some work, from 0 to 1. */
export type OnProgress = (share: number) => void

/** How a store of this library uses memory. */
export interface StoreOptions {
  /** Sessions that are kept in memory. Default 10,000. */
  readonly cacheSize?: number | undefined
  /**
   * Whether no other process ever writes to the database. Then nobody looks for other processes' revocations,
   * the command line's among them. Default false.
   */
  readonly singleProcess?: boolean | undefined
}

/** A renewal as it is to be written. */
export interface Renewal {
  readonly jti: string
  readonly expected: Pick<Lineage, 'issued' | 'seen'>
  readonly lineage: Lineage
  readonly at: Timestamp
  readonly client: Client
}

/** One session, or all sessions of a user, where wanted with the exception of one. */
export type RevocationTarget =
  | { readonly jti: string }
  | { readonly userId: string; readonly except?: string | undefined }

/** A record is deleted where any of its times is at or before the one given here. */
export interface EndedBefore {
  readonly createdAt: Timestamp
  readonly updatedAt: Timestamp
  readonly revokedAt: Timestamp
}
