import type { Timestamp } from '../../protocol/types.ts'
import type { EndedBefore, OnProgress } from '../store.ts'
import type { RevocationLog } from './revocation-log.ts'
import { FIRST_KEY, type SessionStatements } from './session-statements.ts'
import type { UserAgents } from './user-agents.ts'

/**
 * The writes of a prune, one after the other, each short enough that requests can wait for it: ended sessions, user
 * agents that no session refers to any more, and what every process has read of the log. Each answers with the number
 * of sessions that it deleted.
 */
export function* pruneSteps(
  statements: SessionStatements,
  log: RevocationLog,
  userAgents: UserAgents,
  ended: EndedBefore,
  now: Timestamp,
  onProgress: OnProgress = () => undefined,
): Generator<() => number> {
  const used = new Set<number>()
  for (let from = FIRST_KEY; ; ) {
    const batch = statements.batch.all({ from })
    const to = batch.at(-1)?.jti
    if (to === undefined) break
    for (const { userAgentId, lastUserAgentId } of batch) {
      used.add(userAgentId)
      if (lastUserAgentId !== null) used.add(lastUserAgentId)
    }
    const range = { from, to, ...ended }
    yield () => log.withoutNews(() => statements.prune.run(range).changes)
    onProgress(shareBefore(to))
    from = to
  }
  yield () => {
    for (const { id } of statements.allAgents.all()) if (!used.has(id)) userAgents.deleteUnused(id, now)
    return 0
  }
  for (const stretch of log.stretches()) {
    yield () => {
      log.prune(stretch, now)
      return 0
    }
  }
}

/** The share of all sessions up to a key: keys are random, and so evenly spread. */
function shareBefore(key: Buffer): number {
  return key.readUInt16BE() / 0xffff
}
