import type { Command } from './command.ts'
import { DATABASE_OPTION, findUser, withDatabase } from './database.ts'
import { answer } from './output.ts'
import { readPassword } from './read-password.ts'

export const userPassword: Command = {
  name: 'user password',
  takes: ['NAME'],
  meaning: 'sets a password, read from a prompt or from standard input; all of the sessions end at once',
  examples: ['user password anna'],
  options: DATABASE_OPTION,
  run(call) {
    return withDatabase(call, {}, async ({ users }) => {
      const { id } = await findUser(users, call.positionals[0] as string)
      const user = await users.update(id, { password: await readPassword(call.terminal) })
      const text = `Set the password of ${user.username}; all sessions ended.`
      return answer(call.terminal, call.flags['json'] === true, { user }, text)
    })
  },
}
