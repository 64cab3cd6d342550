import { z } from 'zod'
import { ERRORS, type ErrorCode, REVOCATION_REASONS } from '../../index.ts'
import { ROLES } from '../../stores/server-store.ts'
import { EVENT_TYPES } from '../audit.ts'
import { MINUTES_KEPT } from '../minutes.ts'

/** What the routes answer with, as JSON: tests hold real answers against it. Nothing else is in an answer. */

const time = z.iso.datetime().meta({
  description: 'ISO 8601, in UTC.',
  override: ({ jsonSchema }) => {
    delete jsonSchema.pattern
  },
})
const count = z.int().min(0)
const id = z.string().meta({ description: 'The identifier of a user.' })
const jti = z
  .string()
  .regex(/^[\w-]{22}$/)
  .meta({ description: 'The identifier of a session: the `jti` of all its tokens.' })

export const user = z
  .strictObject({
    id,
    username: z.string(),
    role: z.enum(ROLES),
    disabled: z.boolean(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'User' })

const device = z.strictObject({
  browser: z.string().nullable(),
  browserVersion: z.string().nullable(),
  os: z.string().nullable(),
  type: z.string().nullable().meta({ description: '`desktop`, `mobile`, `tablet`, …' }),
  name: z.string().meta({ description: 'For people, such as `Firefox 140 on Linux`.' }),
})

export const session = z
  .strictObject({
    jti,
    userId: id,
    current: z.boolean().meta({ description: 'Whether this very request belongs to it.' }),
    device,
    ip: z.string().meta({ description: 'The address at login.' }),
    userAgent: z.string().meta({ description: 'The user agent at login.' }),
    lastIp: z.string().meta({ description: 'The address of the last renewal.' }),
    lastUserAgent: z.string().meta({ description: 'The user agent of the last renewal.' }),
    createdAt: time,
    updatedAt: time.meta({ description: 'The last renewal, or the login.' }),
    endsAt: time.meta({ description: 'When it ends, unless it is renewed before.' }),
    valid: z.boolean().meta({ description: 'Whether it can still be used.' }),
    revokedAt: time.nullable(),
    revokedReason: z.enum(REVOCATION_REASONS).nullable(),
    renewals: count,
  })
  .meta({ id: 'Session' })

export const token = z.string().meta({ description: 'The new token, the same as in `X-JWT`.' })

export const userAnswer = z.strictObject({ user })
export const accountAnswer = z.strictObject({ user, session })
export const loginAnswer = z.strictObject({ user, session, token })
export const sessionsAnswer = z.strictObject({ sessions: z.array(session) })
export const revokedAnswer = z.strictObject({
  revoked: count.meta({ description: 'How many sessions had not been revoked before.' }),
})
export const okAnswer = z.strictObject({ status: z.literal('ok') })

const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'Leads to the next page; null on the last one.' })

export const usersAnswer = z.strictObject({ users: z.array(user), nextCursor })

const eventData = z.strictObject({
  userId: id.nullable().meta({ description: 'Whom it happened to; null where no user is known.' }),
  actorId: id.nullable().meta({ description: 'Who did it; null where nobody was logged in.' }),
  jti: jti.nullable(),
  ip: z.string().nullable(),
  detail: z
    .record(z.string(), z.unknown())
    .meta({ description: 'What else is known; it depends on the type.' }),
})

export const event = eventData
  .extend({
    id: count.meta({ description: 'Later events have greater ones.' }),
    at: time,
    type: z.enum(EVENT_TYPES),
  })
  .meta({ id: 'Event' })

/** What the audit webhook sends. */
export const webhookMessage = z
  .strictObject({ type: z.enum(EVENT_TYPES), timestamp: time, data: eventData })
  .meta({ id: 'WebhookMessage' })

export const eventsAnswer = z.strictObject({
  events: z.array(event),
  users: z.record(z.string(), z.string()).meta({ description: 'Names by the ids on this page.' }),
  nextCursor,
})

const eachMinute = z.array(count).length(MINUTES_KEPT)

export const overviewAnswer = z
  .strictObject({
    since: time.meta({ description: 'When this process began to count.' }),
    from: time.meta({
      description: 'When the first of the 60 minutes began that each list has an entry for.',
    }),
    active: z
      .strictObject({ count, at: time })
      .nullable()
      .meta({ description: 'Sessions that can be used; null while they are first counted.' }),
    activeSessions: z.array(count.nullable()).length(MINUTES_KEPT),
    logins: eachMinute,
    renewals: eachMinute,
    refusals: eachMinute,
    thefts: eachMinute,
    refusalsByCode: z.record(z.string(), count),
  })
  .meta({ id: 'Overview' })

/** The problem document (RFC 9457) of some codes of one status. */
export function problem(codes: readonly ErrorCode[]) {
  const [first = 'internal'] = codes
  return z.strictObject({
    type: z.string().meta({ description: 'Leads to the section of the code.' }),
    title: z.string(),
    status: z.literal(ERRORS[first].status),
    code: z.enum([first, ...codes.slice(1)]),
    detail: z.string(),
  })
}
