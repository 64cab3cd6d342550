import type { Command } from './command.ts'
import { DATABASE_OPTION, withDatabase } from './database.ts'
import { answer, formatTable, shortTime } from './output.ts'

export const userList: Command = {
  name: 'user list',
  takes: [],
  meaning: 'lists users by name',
  options: {
    search: { type: 'string', meaning: 'only names with this in them' },
    ...DATABASE_OPTION,
  },
  run(call) {
    const search = call.flags['search'] as string | undefined
    return withDatabase(call, {}, async ({ users }) => {
      const found = []
      for (let cursor: string | undefined; ; ) {
        const page = await users.list({ search, limit: 200, cursor })
        found.push(...page.users)
        if (page.nextCursor === null) break
        cursor = page.nextCursor
      }
      const rows = found.map((user) => [
        user.username,
        user.role,
        user.disabled ? 'disabled' : 'enabled',
        shortTime(user.createdAt),
        user.id,
      ])
      const table = formatTable(['NAME', 'ROLE', 'STATE', 'CREATED (UTC)', 'ID'], rows)
      return answer(call.terminal, call.flags['json'] === true, { users: found }, table)
    })
  },
}
