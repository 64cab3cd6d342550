import type { Command } from './command.ts'
import { DATABASE_OPTION, findUser, withDatabase } from './database.ts'
import { answer, plural } from './output.ts'

export const sessionsRevokeAll: Command = {
  name: 'sessions revoke-all',
  takes: ['NAME'],
  meaning: 'ends all sessions of a user; running servers refuse them on their next request',
  examples: ['sessions revoke-all anna'],
  options: DATABASE_OPTION,
  run(call) {
    return withDatabase(call, {}, async ({ users, sessions }) => {
      const user = await findUser(users, call.positionals[0] as string)
      const result = await sessions.revokeAll(user.id, { reason: 'admin' })
      const text = `Revoked ${plural(result.revoked, 'session')} of ${user.username}.`
      return answer(call.terminal, call.flags['json'] === true, result, text)
    })
  },
}
