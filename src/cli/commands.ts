import { backup } from './backup.ts'
import type { Command } from './command.ts'
import { completionOf } from './completion.ts'
import { doctor } from './doctor.ts'
import { keysAdd } from './keys-add.ts'
import { keysList } from './keys-list.ts'
import { keysRetire } from './keys-retire.ts'
import { keysRotate } from './keys-rotate.ts'
import { prune } from './prune.ts'
import { serveCommand } from './serve.ts'
import { sessionsList } from './sessions-list.ts'
import { sessionsRevoke } from './sessions-revoke.ts'
import { sessionsRevokeAll } from './sessions-revoke-all.ts'
import { userAdd } from './user-add.ts'
import { userDisable, userEnable } from './user-disable.ts'
import { userList } from './user-list.ts'
import { userPassword } from './user-password.ts'

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  serveCommand,
  userAdd,
  userList,
  userDisable,
  userEnable,
  userPassword,
  sessionsList,
  sessionsRevoke,
  sessionsRevokeAll,
  prune,
  keysList,
  keysAdd,
  keysRotate,
  keysRetire,
  backup,
  doctor,
  completionOf(() => COMMANDS),
]
