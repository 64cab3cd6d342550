import { describeKeys, type Timestamp } from '../index.ts'
import { readKeyFile } from '../server/key-file.ts'
import type { Command } from './command.ts'
import { KEY_OPTIONS, keyPathOfCall, toJson } from './keys.ts'
import { answer, formatTable, shortTime } from './output.ts'

export const keysList: Command = {
  name: 'keys list',
  takes: [],
  meaning: 'lists the keys of the key file, the oldest first',
  examples: ['keys list', 'keys list --json'],
  options: KEY_OPTIONS,
  async run(call) {
    const keys = describeKeys(readKeyFile(keyPathOfCall(call)), Date.now())
    const rows = keys.map(({ kid, alg, state, signsFrom, signsUntil }) => [
      kid,
      alg,
      state,
      textOf(signsFrom),
      textOf(signsUntil),
    ])
    const headings = ['KID', 'ALG', 'STATE', 'SIGNS FROM (UTC)', 'UNTIL (UTC)']
    return answer(
      call.terminal,
      call.flags['json'] === true,
      { keys: keys.map(toJson) },
      formatTable(headings, rows),
    )
  },
}

function textOf(time: Timestamp | null): string {
  return time === null ? '-' : shortTime(new Date(time))
}
