import { describeKeys, formatDuration, type KeyDescription, type Policy, readPolicy } from '../index.ts'
import { changeKeyFile } from '../server/keys-write.ts'
import { activeSince, type ServerDatabase } from '../stores/server-store.ts'
import { type Call, type Command, CommandError } from './command.ts'
import { POLICY_AND_DATABASE_OPTIONS, withDatabase } from './database.ts'
import { HANDOVER_MS, KEY_OPTIONS, keyPathOfCall, timeText, toJson, withoutKeys } from './keys.ts'
import { answer, plural } from './output.ts'
import { withProgress } from './progress.ts'
import { configOf } from './settings.ts'

export const keysRetire: Command = {
  name: 'keys retire',
  takes: ['KID'],
  meaning: 'takes a key out of the key file, where no live session needs it any more',
  examples: ['keys retire 3f9a1c07b2e4', 'keys retire 3f9a1c07b2e4 --force'],
  options: {
    force: {
      type: 'boolean',
      meaning: 'although live sessions still need it: they end, as their tokens are refused from then on',
    },
    ...KEY_OPTIONS,
    ...POLICY_AND_DATABASE_OPTIONS,
  },
  async run(call) {
    const path = keyPathOfCall(call)
    const [kid = ''] = call.positionals
    const now = Date.now()
    let left: KeyDescription[] = []
    await changeKeyFile(path, async (keys) => {
      const key = describeKeys(keys, now).find((description) => description.kid === kid)
      await refuseNeeded(call, kid, key, now)
      const changed = withoutKeys(keys, [kid])
      left = describeKeys(changed, now)
      return changed
    })
    return answer(
      call.terminal,
      call.flags['json'] === true,
      { keys: left.map(toJson) },
      `Retired key ${kid}.`,
    )
  },
}

async function refuseNeeded(
  call: Call,
  kid: string,
  key: KeyDescription | undefined,
  now: number,
): Promise<void> {
  if (key === undefined) throw new CommandError('not_found', `there is no key ${kid}`)
  if (key.state === 'signing') {
    const cure = 'first let another one sign: sliding-jwt keys rotate --starts 0'
    throw new CommandError('conflict', `key ${kid} signs; ${cure}`)
  }
  if (key.state === 'waiting' || call.flags['force'] === true) return
  const policy = readPolicy(configOf(call).policy)
  const count = () => withDatabase(call, {}, ({ database }) => countSignedBy(database, key, policy, now))
  const sessions = await withProgress(call.terminal, 'Counting sessions', call.flags['json'] === true, count)
  if (sessions > 0) throw new CommandError('conflict', neededText(key, sessions, policy))
}

/**
 * Live sessions whose last token this key may have signed: those that began or were renewed while it did. They
 * are those since it began, without those since it ended.
 */
async function countSignedBy(
  database: ServerDatabase,
  { signsFrom, signsUntil }: KeyDescription,
  policy: Policy,
  now: number,
): Promise<number> {
  const { createdAt, updatedAt } = activeSince(policy, now)
  const countSince = (time: number) =>
    database.countActiveSessions({ createdAt, updatedAt: Math.max(updatedAt, time) })
  const begun = await countSince((signsFrom ?? 0) - 1)
  const ended = signsUntil === null ? 0 : await countSince(signsUntil + HANDOVER_MS)
  return Math.max(0, begun - ended)
}

function neededText({ kid, signsUntil }: KeyDescription, sessions: number, { idleTimeout }: Policy): string {
  const last = signsUntil === null ? '' : `, until ${timeText(signsUntil + HANDOVER_MS + idleTimeout)}`
  return `key ${kid} may have signed the token of ${plural(sessions, 'live session')}, which would end; it must outlive IDLE_TIMEOUT (${formatDuration(idleTimeout)})${last}. --force retires it all the same`
}
