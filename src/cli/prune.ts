import type { Command } from './command.ts'
import { POLICY_AND_DATABASE_OPTIONS, withDatabase } from './database.ts'
import { answer, plural } from './output.ts'
import { withProgress } from './progress.ts'

export const prune: Command = {
  name: 'prune',
  takes: [],
  meaning: 'deletes the records of all sessions that have ended',
  examples: ['prune', 'prune --idle-timeout 7d --max-age 30d'],
  options: POLICY_AND_DATABASE_OPTIONS,
  run(call) {
    return withDatabase(call, {}, async ({ sessions }) => {
      const isJson = call.flags['json'] === true
      const pruned = await withProgress(call.terminal, 'Pruning', isJson, ({ at }) => sessions.prune(at))
      return answer(call.terminal, isJson, { pruned }, `Pruned ${plural(pruned, 'session')}.`)
    })
  },
}
