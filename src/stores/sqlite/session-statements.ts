import { and, asc, desc, eq, gt, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { SessionRecord } from '../../protocol/types.ts'
import type { Drizzle } from './connection.ts'
import { sessions, userAgents } from './schema.ts'

/** The longest device list. */
const LISTED = 1_000

/** Rows looked at in one go when pruning: a few milliseconds, then requests have their turn. */
const PRUNE_BATCH = 500

/** Every statement of the session store, prepared once: building one costs ten times as much as running it. */
export function prepareStatements(database: Drizzle) {
  const { placeholder } = sql
  const isKey = eq(sessions.jti, placeholder('jti'))
  return {
    find: selectRecords(database).where(isKey).prepare(),

    list: selectRecords(database)
      .where(eq(sessions.userId, placeholder('userId')))
      .orderBy(desc(sessions.valid), desc(sessions.updatedAt))
      .limit(LISTED)
      .prepare(),

    create: database
      .insert(sessions)
      .values({
        jti: placeholder('jti'),
        userId: placeholder('userId'),
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

    revokeOne: revoke(database, and(isKey, isValid)),

    revokeAll: revoke(
      database,
      and(eq(sessions.userId, placeholder('userId')), ne(sessions.jti, placeholder('except')), isValid),
    ),

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

const isValid = eq(sessions.valid, true)

/** A placeholder where drizzle wants an expression. */
function value(name: string): SQL {
  return sql`${sql.placeholder(name)}`
}

function revoke(database: Drizzle, where: SQL | undefined) {
  return database
    .update(sessions)
    .set({ valid: false, revokedAt: value('at'), revokedReason: value('reason') })
    .where(where)
    .prepare()
}

function selectRecords(database: Drizzle) {
  const lastAgents = alias(userAgents, 'last_agents')
  return database
    .select({
      session: sessions,
      userAgent: userAgents.value,
      lastUserAgent: lastAgents.value,
    })
    .from(sessions)
    .innerJoin(userAgents, eq(userAgents.id, sessions.userAgentId))
    .leftJoin(lastAgents, eq(lastAgents.id, sessions.lastUserAgentId))
    .$dynamic()
}

type Row = { session: typeof sessions.$inferSelect; userAgent: string; lastUserAgent: string | null }

/** A row as the protocol sees it. */
export function toRecord({ session, userAgent, lastUserAgent }: Row): SessionRecord {
  const { userAgentId: _, lastUserAgentId: __, ...record } = session
  return {
    ...record,
    jti: session.jti.toString('base64url'),
    userAgent,
    lastIp: session.lastIp ?? session.ip,
    lastUserAgent: lastUserAgent ?? userAgent,
  }
}

/** The 16 bytes of a `jti`. */
export function toKey(jti: string): Buffer {
  return Buffer.from(jti, 'base64url')
}
