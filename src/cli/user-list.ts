import type { UserInfo, Users } from '../server/users.ts'
import type { Command } from './command.ts'
import { DATABASE_OPTION, withDatabase } from './database.ts'
import { answer, formatTable, shortTime } from './output.ts'
import { withProgress } from './progress.ts'

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
    const isJson = call.flags['json'] === true
    return withDatabase(call, {}, async ({ users }) => {
      const found = await withProgress(call.terminal, 'Reading', isJson, () => allOf(users, search))
      const rows = found.map((user) => [
        user.username,
        user.role,
        user.disabled ? 'disabled' : 'enabled',
        shortTime(user.createdAt),
        user.id,
      ])
      const fit = { width: call.terminal.output.columns, flexible: 'NAME' }
      const table = formatTable(['NAME', 'ROLE', 'STATE', 'CREATED (UTC)', 'ID'], rows, fit)
      return answer(call.terminal, isJson, { users: found }, found.length > 0 ? table : nobody(search))
    })
  },
}

async function allOf(users: Users, search: string | undefined): Promise<UserInfo[]> {
  const found: UserInfo[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await users.list({ search, limit: 200, cursor })
    found.push(...page.users)
    if (page.nextCursor === null) return found
    cursor = page.nextCursor
  }
}

function nobody(search: string | undefined): string {
  return search === undefined
    ? 'There are no users yet: sliding-jwt user add NAME --role admin'
    : 'No name has that in it.'
}
