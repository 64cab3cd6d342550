import type { SessionInfo } from '../index.ts'
import type { Command } from './command.ts'
import { findUser, POLICY_AND_DATABASE_OPTIONS, withDatabase } from './database.ts'
import { answer, formatTable, shortTime } from './output.ts'

export const sessionsList: Command = {
  name: 'sessions list',
  takes: ['NAME'],
  meaning: 'lists the sessions of a user, valid ones first',
  examples: ['sessions list anna', 'sessions list anna --json'],
  options: POLICY_AND_DATABASE_OPTIONS,
  run(call) {
    return withDatabase(call, {}, async ({ users, sessions }) => {
      const { id, username } = await findUser(users, call.positionals[0] as string)
      const list = await sessions.list(id)
      const rows = list.map((session) => [
        session.jti,
        stateOf(session),
        session.device.name,
        session.lastIp,
        shortTime(session.createdAt),
        session.renewals === 0 ? '-' : shortTime(session.updatedAt),
        String(session.renewals),
      ])
      const headings = ['JTI', 'STATE', 'DEVICE', 'LAST IP', 'LOGIN (UTC)', 'RENEWED (UTC)', 'RENEWALS']
      return answer(
        call.terminal,
        call.flags['json'] === true,
        { sessions: list },
        rows.length > 0
          ? formatTable(headings, rows, { width: call.terminal.output.columns, flexible: 'DEVICE' })
          : `${username} has no sessions.`,
      )
    })
  },
}

function stateOf({ valid, revokedReason }: SessionInfo): string {
  if (valid) return 'valid'
  return revokedReason === null ? 'over' : `revoked (${revokedReason})`
}
