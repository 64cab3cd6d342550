import { describeKeys, type KeyDescription, readPolicy, type Timestamp } from '../index.ts'
import { readKeyFile } from '../server/key-file.ts'
import { changeKeyFile } from '../server/keys-write.ts'
import type { Command } from './command.ts'
import {
  addedText,
  algorithmOf,
  HANDOVER_MS,
  KEY_OPTIONS,
  keyPathOfCall,
  makeKey,
  STARTS_OPTION,
  startOf,
  toJson,
  withKey,
  withoutKeys,
} from './keys.ts'
import { answer } from './output.ts'
import { configOf, settingOptions } from './settings.ts'

export const keysRotate: Command = {
  name: 'keys rotate',
  takes: [],
  meaning: 'adds a key to sign in place of the newest, and drops those that no session can need any more',
  examples: ['keys rotate', 'keys rotate --alg ES256'],
  options: {
    alg: { type: 'string', meaning: 'HS256, ES256 or RS256 (as the newest)' },
    ...STARTS_OPTION,
    ...KEY_OPTIONS,
    ...settingOptions(['MAX_AGE']),
  },
  async run(call) {
    const path = keyPathOfCall(call)
    const now = Date.now()
    const start = startOf(call, now)
    const alg = algorithmOf(call) ?? describeKeys(readKeyFile(path), now).at(-1)?.alg ?? 'HS256'
    const added = makeKey(alg, start)
    const { maxAge } = readPolicy(configOf(call).policy)
    let dropped: string[] = []
    let left: KeyDescription[] = []
    await changeKeyFile(path, (keys) => {
      dropped = describeKeys(keys, now).flatMap((key) => (isOver(key, now - maxAge) ? key.kid : []))
      const changed = withoutKeys(withKey(keys, added), dropped)
      left = describeKeys(changed, now)
      return changed
    })
    const text = [addedText(added), ...dropped.map((kid) => `Dropped key ${kid}.`)].join('\n')
    return answer(call.terminal, call.flags['json'] === true, { keys: left.map(toJson), dropped }, text)
  },
}

/** Every session that began while it signed is over its maximum age. */
function isOver({ state, signsUntil }: KeyDescription, oldestLogin: Timestamp): boolean {
  return state === 'verifying' && signsUntil !== null && signsUntil + HANDOVER_MS < oldestLogin
}
