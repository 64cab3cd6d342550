import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { SessionRecord } from '../src/protocol/types.ts'
import { openSessionStore } from '../src/stores/open.ts'
import type { SessionStore } from '../src/stores/store.ts'
import { USER_AGENT } from './candidates/user-agent.ts'
import { IP } from './fill.ts'
import { answer } from './questions.ts'

/** Sessions whose renewals share a commit. */
const TOGETHER = 25

/** Milliseconds between two commits: as many as 15 million sessions with a lifetime of one hour give. */
const PAUSE_MS = 5

let store: SessionStore | undefined
const records: SessionRecord[] = []

/** Another process on a database in use, which renews sessions of its own. */
export const questions = {
  async open(database: string): Promise<void> {
    store = await openSessionStore(database, {})
    for (let place = 0; place < TOGETHER; place += 1) {
      const record = recordAt(place)
      await store.create(record)
      records.push(record)
    }
  },

  /** Renews for a while; answers with the number of commits. */
  async write(milliseconds: number): Promise<number> {
    const end = performance.now() + milliseconds
    let commits = 0
    for (; performance.now() < end; commits += 1) {
      await Promise.all(records.map((_, place) => renew(place)))
      await wait(PAUSE_MS)
    }
    return commits
  },
}

answer(questions)

async function renew(place: number): Promise<void> {
  const expected = records[place] as SessionRecord
  const at = Date.now()
  const lineage = {
    issued: expected.issued + 1,
    seen: expected.issued,
    floor: expected.issued,
    parent: expected.issued,
  }
  const client = { ip: IP, userAgent: USER_AGENT }
  const isWritten = await store?.renew({ jti: expected.jti, expected, lineage, at, client })
  if (isWritten !== true) throw new Error('no renewal')
  records[place] = { ...expected, ...lineage, updatedAt: at }
}

function recordAt(place: number): SessionRecord {
  const now = Date.now()
  return {
    jti: randomBytes(16).toString('base64url'),
    userId: `writer-${place}`,
    ip: IP,
    userAgent: USER_AGENT,
    valid: true,
    createdAt: now,
    updatedAt: now,
    lastIp: IP,
    lastUserAgent: USER_AGENT,
    revokedAt: null,
    revokedReason: null,
    issued: 0,
    seen: 0,
    floor: 0,
    parent: null,
  }
}
