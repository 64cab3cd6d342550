import type { Command } from './command.ts'
import { DATABASE_OPTION, withDatabase } from './database.ts'
import { answer, formatTable, shortTime } from './output.ts'

export const userList: Command = {
  name: 'user list',
  takes: [],
  meaning: 'lists users by name',
  examples: ['user list --search an', 'user list --json'],
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
      const fit = { width: call.terminal.output.columns, flexible: 'NAME' }
      const table = formatTable(['NAME', 'ROLE', 'STATE', 'CREATED (UTC)', 'ID'], rows, fit)
      return answer(
        call.terminal,
        call.flags['json'] === true,
        { users: found },
        found.length > 0 ? table : nobody(search),
      )
    })
  },
}

function nobody(search: string | undefined): string {
  return search === undefined
    ? 'There are no users yet: sliding-jwt user add NAME --role admin'
    : 'No name has that in it.'
}
