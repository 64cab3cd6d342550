import { and, asc, count, desc, eq, gt, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { SessionRecord } from '../../protocol/types.ts'
import { LONGEST_LIST } from '../store.ts'
import type { Drizzle } from './connection.ts'
import { toJti } from './jti.ts'
import { sessions, userAgents } from './schema.ts'

/** Rows looked at in one go when pruning: a few milliseconds, then requests have their turn. */
const PRUNE_BATCH = 500

/** Before every key. */
export const FIRST_KEY: Buffer = Buffer.alloc(0)

/** Every statement of the session store, prepared once: building one costs ten times as much as running it. */
export function prepareStatements(database: Drizzle) {
  const { placeholder } = sql
  const isKey = eq(sessions.jti, placeholder('jti'))
  const hasUserKey = eq(sessions.userKey, placeholder('userKey'))
  const isOfUser = and(hasUserKey, eq(sessions.userId, placeholder('userId')))
  const isOther = and(eq(sessions.valid, true), ne(sessions.jti, placeholder('except')))
  return {
    find: selectRecords(database).where(isKey).prepare(),

    list: selectRecords(database)
      .where(isOfUser)
      .orderBy(desc(sessions.valid), desc(sessions.updatedAt))
      .limit(LONGEST_LIST)
      .prepare(),

    create: database
      .insert(sessions)
      .values({
        jti: placeholder('jti'),
        userId: placeholder('userId'),
        userKey: placeholder('userKey'),
        ip: placeholder('ip'),
        userAgentId: placeholder('userAgentId'),
        valid: true,
        createdAt: placeholder('createdAt'),
        updatedAt: placeholder('updatedAt'),
        lastIp: placeholder('lastIp'),
        lastUserAgentId: placeholder('lastUserAgentId'),
        issued: placeholder('issued'),
        seen: placeholder('seen'),
        floor: placeholder('floor'),
        parent: placeholder('parent'),
      })
      .prepare(),

    renew: database
      .update(sessions)
      .set({
        issued: value('issued'),
        seen: value('seen'),
        floor: value('floor'),
        parent: value('parent'),
        updatedAt: value('at'),
        lastIp: sql`nullif(${value('ip')}, ${sessions.ip})`,
        lastUserAgentId: sql`nullif(${value('userAgentId')}, ${sessions.userAgentId})`,
      })
      .where(
        and(
          isKey,
          eq(sessions.issued, placeholder('expectedIssued')),
          eq(sessions.seen, placeholder('expectedSeen')),
          isValid,
        ),
      )
      .prepare(),

    markSeen: database
      .update(sessions)
      .set({ seen: value('gen'), floor: sql`max(${sessions.issued}, ${value('gen')})` })
      .where(and(isKey, isValid, lt(sessions.floor, placeholder('gen'))))
      .prepare(),

    revokeOne: database.update(sessions).set(REVOKED).where(and(isKey, isValid)).prepare(),

    /** Marks a session that a revocation covers. */
    mark: database
      .update(sessions)
      .set(REVOKED)
      .where(and(isKey, eq(sessions.valid, true)))
      .prepare(),

    /** The valid sessions of a user but one; it reads the index alone. */
    countValid: database.select({ count: count() }).from(sessions).where(and(hasUserKey, isOther)).prepare(),

    /** The keys of some of them. */
    someValid: database
      .select({ jti: sessions.jti })
      .from(sessions)
      .where(and(isOfUser, isOther))
      .limit(placeholder('limit'))
      .prepare(),

    batch: database
      .select({
        jti: sessions.jti,
        userAgentId: sessions.userAgentId,
        lastUserAgentId: sessions.lastUserAgentId,
      })
      .from(sessions)
      .where(gt(sessions.jti, placeholder('from')))
      .orderBy(asc(sessions.jti))
      .limit(PRUNE_BATCH)
      .prepare(),

    prune: database
      .delete(sessions)
      .where(
        and(
          gt(sessions.jti, placeholder('from')),
          lte(sessions.jti, placeholder('to')),
          or(
            lte(sessions.createdAt, placeholder('createdAt')),
            lte(sessions.updatedAt, placeholder('updatedAt')),
            lte(sessions.revokedAt, placeholder('revokedAt')),
          ),
        ),
      )
      .prepare(),

    allAgents: database.select({ id: userAgents.id }).from(userAgents).prepare(),
  }
}

export type SessionStatements = ReturnType<typeof prepareStatements>

/** Whether a revocation covers the session whose row is not marked yet. */
const isCovered = sql<number>`EXISTS (
  SELECT 1 FROM sliding_revocations r
  WHERE r.is_open AND r.user_id = ${sessions.userId} AND r.except_jti IS NOT ${sessions.jti})`

const isValid = sql`${sessions.valid} AND NOT ${isCovered}`

const REVOKED = { valid: false, revokedAt: value('at'), revokedReason: value('reason') }

/** A placeholder where drizzle wants an expression. */
function value(name: string): SQL {
  return sql`${sql.placeholder(name)}`
}

function selectRecords(database: Drizzle) {
  const lastAgents = alias(userAgents, 'last_agents')
  return database
    .select({
      session: sessions,
      isCovered,
      userAgent: userAgents.value,
      lastUserAgent: lastAgents.value,
    })
    .from(sessions)
    .innerJoin(userAgents, eq(userAgents.id, sessions.userAgentId))
    .leftJoin(lastAgents, eq(lastAgents.id, sessions.lastUserAgentId))
    .$dynamic()
}

interface Row {
  readonly session: typeof sessions.$inferSelect
  readonly isCovered: number
  readonly userAgent: string
  readonly lastUserAgent: string | null
}

/** A row as the protocol sees it. */
export function toRecord({ session, isCovered: isRevoked, userAgent, lastUserAgent }: Row): SessionRecord {
  const { userKey: _, userAgentId: __, lastUserAgentId: ___, ...record } = session
  return {
    ...record,
    jti: toJti(session.jti),
    valid: session.valid && isRevoked === 0,
    userAgent,
    lastIp: session.lastIp ?? session.ip,
    lastUserAgent: lastUserAgent ?? userAgent,
  }
}
