import { type Command, UsageError } from './command.ts'
import { DATABASE_OPTION, withDatabase } from './database.ts'
import { answer } from './output.ts'
import { readPassword } from './read-password.ts'

export const userAdd: Command = {
  name: 'user add',
  takes: ['NAME'],
  meaning: 'adds a user; the password is read from a prompt or from standard input',
  examples: ['user add anna --role admin', 'user add anna < password.txt'],
  options: {
    role: { type: 'string', meaning: 'user (default) or admin' },
    ...DATABASE_OPTION,
  },
  async run(call) {
    const role = call.flags['role'] ?? 'user'
    if (role !== 'user' && role !== 'admin') throw new UsageError('--role takes user or admin')
    const password = await readPassword(call.terminal)
    return withDatabase(call, { mayCreate: true }, async ({ users }) => {
      const user = await users.create({ username: call.positionals[0] as string, password, role })
      return answer(
        call.terminal,
        call.flags['json'] === true,
        { user },
        `Added ${user.role} ${user.username}.`,
      )
    })
  },
}
