import type { AuditEvent } from '../api/types.ts'
import { count } from './count.ts'

/** The kinds of events by which the trail can be filtered, in plain words. */
export const EVENT_KINDS: Readonly<Record<string, string>> = {
  'login.succeeded': 'Sign-ins',
  'login.failed': 'Failed sign-ins',
  'login.limited': 'Sign-ins blocked',
  'session.revoked': 'Sessions ended',
  'session.reused': 'Thefts caught',
  'session.moved': 'Changed networks',
  'session.refused': 'Other devices refused',
  'user.created': 'Users created',
  'user.updated': 'Users changed',
  'password.changed': 'Passwords changed',
}

/** How much an event is to be noticed. */
export type Tone = 'calm' | 'warning' | 'danger'

const TONES: Readonly<Record<string, Tone>> = {
  'login.failed': 'warning',
  'login.limited': 'warning',
  'session.refused': 'warning',
  'session.reused': 'danger',
}

export function toneOf({ type, detail }: Pick<AuditEvent, 'type' | 'detail'>): Tone {
  return detail['reason'] === 'reuse' ? 'danger' : (TONES[type] ?? 'calm')
}

type Names = Readonly<Record<string, string>>

/** An event as a sentence. */
export function describe(event: AuditEvent, names: Names): string {
  const whom = event.userId === null ? 'somebody' : (names[event.userId] ?? 'a deleted user')
  const actor = event.actorId === null ? undefined : (names[event.actorId] ?? 'a deleted user')
  return (SENTENCES[event.type] ?? other)({ event, whom, actor, isOwn: event.actorId === event.userId })
}

interface Told {
  readonly event: AuditEvent
  readonly whom: string
  readonly actor: string | undefined
  /** Whether whom it happened to did it. */
  readonly isOwn: boolean
}

const SENTENCES: Readonly<Record<string, (told: Told) => string>> = {
  'login.succeeded': ({ whom }) => `${whom} signed in`,
  'login.failed': ({ event }) =>
    isPasswordChange(event)
      ? `A wrong current password was given for “${event.detail['username']}”`
      : `A sign-in ${asWhom(event)} failed`,
  'login.limited': ({ event }) =>
    event.detail['scope'] === 'ip'
      ? `Too many failed sign-ins from ${event.ip ?? 'one address'}: blocked for a while`
      : `Too many failed sign-ins ${asWhom(event)}: blocked for a while`,
  'session.reused': ({ whom }) => `A stolen token of ${whom} was caught`,
  'session.moved': ({ whom, event }) => `${whom} moved from ${event.detail['from']} to ${event.detail['to']}`,
  'session.refused': ({ whom }) => `A token of ${whom} came from another device and was refused`,
  'session.revoked': ended,
  'user.created': ({ whom, actor }) => `${whom} was created${by(actor)}`,
  'user.updated': updated,
  'password.changed': ({ whom, actor, isOwn }) =>
    isOwn ? `${whom} changed the password` : `The password of ${whom} was set${by(actor)}`,
}

function ended({ event, whom, actor, isOwn }: Told): string {
  const { reason, count: number } = event.detail
  const sessions = typeof number === 'number' ? count(number, 'session') : 'sessions'
  const were = number === 1 ? 'was' : 'were'
  switch (reason) {
    case 'logout':
      return `${whom} signed out`
    case 'reuse':
      return `The session of the stolen token of ${whom} was ended`
    case 'user_disabled':
      return `${sessions} of ${whom} ended, as the user is disabled`
    case 'password_changed':
      return `${sessions} of ${whom} ended, as the password was changed`
    case 'replaced':
      return `${whom} signed in again: the session before it ended`
    case 'limit':
      return `${sessions} of ${whom} ended: there were too many`
    case 'fingerprint':
      return `${sessions} of ${whom} ended: another browser or network`
    default:
      return isOwn ? `${whom} ended ${sessions}` : `${sessions} of ${whom} ${were} ended${by(actor)}`
  }
}

function updated({ event, whom, actor }: Told): string {
  const { role, disabled } = event.detail as Record<string, { readonly to: unknown } | undefined>
  const changes = [
    ...(role === undefined ? [] : [role.to === 'admin' ? 'made an admin' : 'made a plain user']),
    ...(disabled === undefined ? [] : [disabled.to === true ? 'disabled' : 'enabled']),
  ]
  return `${whom} was ${changes.join(' and ') || 'changed'}${by(actor)}`
}

/** A name that nobody has is not recorded. */
function asWhom({ detail: { username } }: AuditEvent): string {
  return username === undefined ? 'with an unknown name' : `as “${username}”`
}

function isPasswordChange({ detail }: AuditEvent): boolean {
  return String(detail['route']).includes('/me/password')
}

function other({ event, whom }: Told): string {
  return `${event.type} (${whom})`
}

function by(actor: string | undefined): string {
  return actor === undefined ? '' : ` by ${actor}`
}
