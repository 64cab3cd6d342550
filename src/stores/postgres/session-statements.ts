import type { SessionRecord } from '../../protocol/types.ts'
import { LONGEST_LIST } from '../store.ts'
import { toJti } from './jti.ts'
import { statement } from './query.ts'
import { fromText } from './text.ts'

const RECORDS = `
  SELECT s.jti, s.user_id AS "userId", s.ip, a.value AS "userAgent", s.valid,
    s.created_at AS "createdAt", s.updated_at AS "updatedAt",
    coalesce(s.last_ip, s.ip) AS "lastIp", coalesce(l.value, a.value) AS "lastUserAgent",
    s.revoked_at AS "revokedAt", s.revoked_reason AS "revokedReason",
    s.issued, s.seen, s.floor, s.parent
  FROM sliding_sessions s
  JOIN sliding_user_agents a ON a.id = s.user_agent_id
  LEFT JOIN sliding_user_agents l ON l.id = s.last_user_agent_id`

/**
 * Every statement of the session store. Those that write take a list for each column, and so any number of
 * sessions; all conditions are part of the write itself.
 */
export const STATEMENTS = {
  find: statement('find', `${RECORDS} WHERE s.jti = $1`),

  list: statement(
    'list',
    `${RECORDS} WHERE s.user_id = $1 ORDER BY s.valid DESC, s.updated_at DESC LIMIT ${LONGEST_LIST}`,
  ),

  create: statement(
    'create',
    `INSERT INTO sliding_sessions (jti, user_id, ip, user_agent_id, valid, created_at, updated_at,
       last_ip, last_user_agent_id, issued, seen, floor, parent)
     SELECT jti, user_id, ip, user_agent_id, true, created_at, updated_at,
       nullif(last_ip, ip), nullif(last_user_agent_id, user_agent_id), issued, seen, floor, parent
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::bigint[], $6::bigint[], $7::text[],
       $8::integer[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
       AS r(jti, user_id, ip, user_agent_id, created_at, updated_at, last_ip, last_user_agent_id,
         issued, seen, floor, parent)
     ON CONFLICT (jti) DO NOTHING
     RETURNING jti`,
  ),

  renew: statement(
    'renew',
    `UPDATE sliding_sessions s
     SET issued = r.issued, seen = r.seen, floor = r.floor, parent = r.parent, updated_at = r.at,
       last_ip = nullif(r.ip, s.ip), last_user_agent_id = nullif(r.user_agent_id, s.user_agent_id)
     FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
       $7::bigint[], $8::bigint[], $9::text[], $10::integer[])
       AS r(jti, expected_issued, expected_seen, issued, seen, floor, parent, at, ip, user_agent_id)
     WHERE s.jti = r.jti AND s.issued = r.expected_issued AND s.seen = r.expected_seen AND s.valid
     RETURNING s.jti`,
  ),

  markSeen: statement(
    'mark_seen',
    `UPDATE sliding_sessions s SET seen = r.gen, floor = greatest(s.issued, r.gen)
     FROM unnest($1::uuid[], $2::bigint[]) AS r(jti, gen)
     WHERE s.jti = r.jti AND s.floor < r.gen AND s.valid
     RETURNING s.jti`,
  ),

  revokeSome: statement(
    'revoke_some',
    `UPDATE sliding_sessions s SET valid = false, revoked_at = r.at, revoked_reason = r.reason
     FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS r(jti, at, reason)
     WHERE s.jti = r.jti AND s.valid
     RETURNING s.jti`,
  ),

  revokeAll: statement(
    'revoke_all',
    `WITH revoked AS (
       UPDATE sliding_sessions SET valid = false, revoked_at = $3, revoked_reason = $4
       WHERE user_id = $1 AND valid AND jti IS DISTINCT FROM $2::uuid
       RETURNING 1)
     SELECT count(*) FROM revoked`,
  ),
} as const

/** A row of a statement that tells which sessions it has written. */
export interface Written {
  readonly jti: string
}

/** A row as the protocol sees it. */
export function toRecord(row: SessionRecord): SessionRecord {
  return { ...row, jti: toJti(row.jti), userId: fromText(row.userId) }
}
