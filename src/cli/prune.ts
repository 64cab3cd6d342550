import type { Command } from './command.ts'
import { POLICY_AND_DATABASE_OPTIONS, withDatabase } from './database.ts'
import { answer, plural } from './output.ts'

export const prune: Command = {
  name: 'prune',
  takes: [],
  meaning: 'deletes the records of all sessions that have ended',
  options: POLICY_AND_DATABASE_OPTIONS,
  run(call) {
    return withDatabase(call, {}, async ({ sessions }) => {
      const pruned = await sessions.prune()
      return answer(
        call.terminal,
        call.flags['json'] === true,
        { pruned },
        `Pruned ${plural(pruned, 'session')}.`,
      )
    })
  },
}
