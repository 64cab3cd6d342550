import {
  ALGORITHMS,
  type Algorithm,
  type Duration,
  describeKeys,
  generateKey,
  type KeyDescription,
  parseDuration,
  parseTime,
  type SigningJwk,
  type SigningJwks,
  type Timestamp,
} from '../index.ts'
import type { Config } from '../server/config.ts'
import { keyPathOf } from '../server/key-file.ts'
import { isPostgresUrl } from '../stores/open.ts'
import { type Call, type Command, CommandError, UsageError } from './command.ts'
import { shortTime } from './output.ts'
import { configOf, settingOptions } from './settings.ts'

/** A server may sign with the key before for so long after another one took over: until it has seen the new file. */
export const HANDOVER_MS = 60_000

/** The options of every command that works on a key file. */
export const KEY_OPTIONS: Command['options'] = settingOptions(['DATABASE_URL', 'JWT_KEYS'])

/** When a new key begins to sign, if nobody says otherwise: by then every server and every cache of public keys knows it. */
const STARTS_IN: Duration = '10m'

export const STARTS_OPTION: Command['options'] = {
  starts: {
    type: 'string',
    meaning: `when it begins to sign: in a duration, or an ISO time; every server must know it by then (${STARTS_IN})`,
  },
}

/** The key file of a call. */
export function keyPathOfCall(call: Call): string {
  const config = configOf(call)
  const path = keyPathOf(config)
  if (path !== undefined) return path
  throw new CommandError('conflict', `${whyNoKeyFile(config)}: give JWT_KEYS the path of a key file`)
}

function whyNoKeyFile({ secret, databaseUrl }: Config): string {
  if (secret !== undefined) return 'the key is JWT_SECRET'
  return isPostgresUrl(databaseUrl)
    ? 'a PostgreSQL database has no key file beside it'
    : 'a database in memory has no key file'
}

/** When the new key of a call begins to sign. */
export function startOf({ flags }: Call, now: Timestamp): Timestamp {
  const { starts = STARTS_IN } = flags
  const delay = parseDuration(starts)
  const start = delay === undefined ? parseTime(starts) : now + delay
  if (start !== undefined && start >= now) return start
  throw new UsageError(
    '--starts takes a duration such as 10m, or a time such as 2027-01-31T08:00:00Z to come',
  )
}

/** The algorithm of the new key of a call; undefined where none is given. */
export function algorithmOf({ flags }: Call): Algorithm | undefined {
  const { alg } = flags
  if (alg === undefined || ALGORITHMS.includes(alg as Algorithm)) return alg as Algorithm | undefined
  throw new UsageError(`--alg takes ${ALGORITHMS.join(', ')}`)
}

/** A new key that signs from a time on. */
export function makeKey(alg: Algorithm, start: Timestamp): SigningJwk {
  return { ...generateKey(alg), starts: new Date(start).toISOString() }
}

/** A set with one key more, in the order of their start times: of those whose time has come, the last one signs. */
export function withKey({ keys }: SigningJwks, added: SigningJwk): SigningJwks {
  const isLater = ({ starts }: SigningJwk) => (parseTime(starts) ?? Number.NEGATIVE_INFINITY) > startTime
  const startTime = parseTime(added.starts) ?? Number.NEGATIVE_INFINITY
  const later = keys.findIndex(isLater)
  return { keys: keys.toSpliced(later === -1 ? keys.length : later, 0, added) }
}

/** Without the keys of these names. */
export function withoutKeys({ keys }: SigningJwks, kids: readonly string[]): SigningJwks {
  return { keys: keys.filter(({ kid }) => !kids.includes(kid)) }
}

/** The keys of a file that may not be there yet. */
export function describeAll(keys: SigningJwks, now: Timestamp): KeyDescription[] {
  return keys.keys.length === 0 ? [] : describeKeys(keys, now)
}

/** A key for machines: times in ISO 8601. */
export function toJson({ signsFrom, signsUntil, ...key }: KeyDescription) {
  return { ...key, signsFrom: isoOf(signsFrom), signsUntil: isoOf(signsUntil) }
}

function isoOf(time: Timestamp | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

/** A time for people, in UTC. */
export function timeText(time: Timestamp): string {
  return `${shortTime(new Date(time))} UTC`
}

/** What a command says of a key that it added. */
export function addedText({ kid, alg, starts }: SigningJwk): string {
  return `Added ${alg} key ${kid}. It signs from ${timeText(Date.parse(starts ?? ''))} on; every server must have this file by then.`
}
