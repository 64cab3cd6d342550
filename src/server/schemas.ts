import type { Request } from 'express'
import { z } from 'zod'
import { SlidingSessionError } from '../index.ts'
import { ROLES } from '../stores/server-store.ts'
import { EVENT_TYPES } from './audit.ts'

const role = z.enum(ROLES)

const newPassword = z.string().meta({ description: '8 to 1,024 characters, and not the user name.' })

/** Read from the text of a query, where it is a whole number. */
const limit = z
  .string()
  .regex(/^\d{1,3}$/, 'takes a whole number from 1 to 200')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 200, 'takes a whole number from 1 to 200')
  .default(50)
  .meta({
    description: 'How many to answer with.',
    override: ({ jsonSchema }) => {
      delete jsonSchema.pattern
      Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 200, default: 50 })
    },
  })

const cursor = z.string().max(1_000).optional().meta({ description: 'The `nextCursor` of the page before.' })

/** `POST /login` */
export const loginBody = z
  .strictObject({ username: z.string().min(1), password: z.string().min(1) })
  .meta({ id: 'Login' })

/** `PUT /me/password` */
export const passwordBody = z
  .strictObject({ currentPassword: z.string().min(1), newPassword })
  .meta({ id: 'PasswordChange' })

/** `POST /admin/users` */
export const createUserBody = z
  .strictObject({
    username: z.string().meta({ description: '1 to 64 characters, unique in any case.' }),
    password: newPassword,
    role: role.optional().meta({ description: 'By default `user`.' }),
  })
  .meta({ id: 'NewUser' })

/** `PATCH /admin/users/:id` */
export const updateUserBody = z
  .strictObject({
    role: role.optional(),
    disabled: z.boolean().optional(),
    password: newPassword.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'takes at least one of role, disabled, password')
  .meta({ id: 'UserChange', minProperties: 1 })

/** `GET /admin/users` */
export const usersQuery = z.strictObject({
  search: z.string().max(64).optional().meta({ description: 'Only names with this in them, in any case.' }),
  limit,
  cursor,
})

/** `GET /admin/events` */
export const eventsQuery = z.strictObject({
  user: z.string().max(64).optional().meta({ description: 'Only what happened to the user of this id.' }),
  type: z.enum(EVENT_TYPES).optional().meta({ description: 'Only events of this type.' }),
  limit,
  cursor,
})

/** How much of a message about a request goes out. */
const DETAIL_LENGTH = 200

/**
 * The body of a request, as its schema has it.
 *
 * @throws SlidingSessionError `body_invalid`, naming the first place that is wrong; never what stood there.
 */
export function readBody<T extends z.ZodType>(req: Request, schema: T): z.output<T> {
  if (!req.is('application/json')) {
    throw new SlidingSessionError('body_invalid', 'body: takes JSON, sent as application/json')
  }
  return read('body', req.body, schema)
}

/**
 * The query of a request, as its schema has it.
 *
 * @throws SlidingSessionError `body_invalid`, naming the first place that is wrong.
 */
export function readQuery<T extends z.ZodType>(req: Request, schema: T): z.output<T> {
  return read('query', req.query, schema)
}

/** What was not kept, in the words of this project; rules that a schema words itself come before. */
function ruleOf({ code, input, ...issue }: z.core.$ZodRawIssue): string {
  if (input === undefined) return 'is required'
  if (Array.isArray(input) && issue['expected'] !== 'object') return 'takes one value only'
  switch (code) {
    case 'invalid_type':
      return TYPES[issue['expected'] as string] ?? 'cannot be used'
    case 'invalid_value':
      return `takes one of ${(issue['values'] as string[]).join(', ')}`
    // A text: the only minimum is 1.
    case 'too_small':
      return 'must not be empty'
    case 'too_big':
      return `takes ${issue['maximum']} characters at most`
    case 'unrecognized_keys':
      return `takes no ${(issue['keys'] as string[]).map((key) => JSON.stringify(key)).join(', ')}`
    default:
      return 'cannot be used'
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'takes a text',
  boolean: 'takes true or false',
  object: 'is no object',
}

function read<T extends z.ZodType>(whole: string, value: unknown, schema: T): z.output<T> {
  const result = schema.safeParse(value, { error: ruleOf })
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const place = issue?.path.join('.') || whole
  throw new SlidingSessionError('body_invalid', `${place}: ${issue?.message}`.slice(0, DETAIL_LENGTH))
}
