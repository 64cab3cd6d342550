import { type Command, CommandError } from './command.ts'
import { DATABASE_OPTION, withDatabase } from './database.ts'
import { answer } from './output.ts'

export const sessionsRevoke: Command = {
  name: 'sessions revoke',
  takes: ['JTI'],
  meaning: 'ends one session; running servers refuse it on its next request',
  examples: ['sessions revoke Qm9yZGVyIHRlcnJpZXJzIQ'],
  options: DATABASE_OPTION,
  run(call) {
    const jti = call.positionals[0] as string
    return withDatabase(call, {}, async ({ sessions }) => {
      if ((await sessions.find(jti)) === undefined) {
        throw new CommandError('not_found', `there is no session ${jti}`)
      }
      const revoked = Number(await sessions.revoke(jti, { reason: 'admin' }))
      const text = revoked === 1 ? `Revoked ${jti}.` : `${jti} was no longer valid.`
      return answer(call.terminal, call.flags['json'] === true, { revoked }, text)
    })
  },
}
