import type { Call, Command } from './command.ts'
import { DATABASE_OPTION, findUser, withDatabase } from './database.ts'
import { answer } from './output.ts'

export const userDisable: Command = {
  name: 'user disable',
  takes: ['NAME'],
  meaning: 'disables a user; all of the sessions end at once',
  examples: ['user disable anna'],
  options: DATABASE_OPTION,
  run: (call) => setDisabled(call, true),
}

export const userEnable: Command = {
  name: 'user enable',
  takes: ['NAME'],
  meaning: 'lets a disabled user log in again',
  examples: ['user enable anna'],
  options: DATABASE_OPTION,
  run: (call) => setDisabled(call, false),
}

function setDisabled(call: Call, disabled: boolean): Promise<number> {
  return withDatabase(call, {}, async ({ users }) => {
    const { id } = await findUser(users, call.positionals[0] as string)
    const user = await users.update(id, { disabled })
    const text = `${disabled ? 'Disabled' : 'Enabled'} ${user.username}.`
    return answer(call.terminal, call.flags['json'] === true, { user }, text)
  })
}
