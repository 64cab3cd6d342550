import { changeKeyFile } from '../server/keys-write.ts'
import type { Command } from './command.ts'
import {
  addedText,
  algorithmOf,
  describeAll,
  KEY_OPTIONS,
  keyPathOfCall,
  makeKey,
  STARTS_OPTION,
  startOf,
  toJson,
  withKey,
} from './keys.ts'
import { answer } from './output.ts'

export const keysAdd: Command = {
  name: 'keys add',
  takes: [],
  meaning: 'adds a new key to the key file, which is made where there is none',
  examples: ['keys add', 'keys add --alg ES256 --starts 2h'],
  options: {
    alg: { type: 'string', meaning: 'HS256 (default), ES256 or RS256; others can verify the last two' },
    ...STARTS_OPTION,
    ...KEY_OPTIONS,
  },
  async run(call) {
    const path = keyPathOfCall(call)
    const now = Date.now()
    const added = makeKey(algorithmOf(call) ?? 'HS256', startOf(call, now))
    let all: ReturnType<typeof describeAll> = []
    await changeKeyFile(path, (keys) => {
      const changed = withKey(keys, added)
      all = describeAll(changed, now)
      return changed
    })
    return answer(call.terminal, call.flags['json'] === true, { keys: all.map(toJson) }, addedText(added))
  },
}
