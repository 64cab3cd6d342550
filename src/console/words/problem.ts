import type { Problem } from '../api/problem.ts'
import { count } from './count.ts'

const WORDS: Readonly<Record<string, string>> = {
  unreachable: 'The server was not reached. Check the connection and try again.',
  credentials_invalid: 'User name and password do not belong together.',
  forbidden: 'Your role does not permit this.',
  not_found: 'It is not there, or no longer.',
  unavailable: 'The server cannot reach its database right now. Try again in a moment.',
  internal: 'Something went wrong on the server. Its log tells more.',
  payload_too_large: 'That is too long.',
}

/** What went wrong, in plain words. */
export function explain({
  code,
  message,
  retryAfter,
}: Pick<Problem, 'code' | 'message' | 'retryAfter'>): string {
  if (code === 'rate_limited') return `Too many failed attempts. Try again in ${wait(retryAfter ?? 60)}.`
  return WORDS[code] ?? sentence(message)
}

function wait(seconds: number): string {
  return seconds <= 90 ? count(seconds, 'second') : count(Math.ceil(seconds / 60), 'minute')
}

const FIELDS: Readonly<Record<string, string>> = {
  username: 'The user name',
  password: 'The password',
  newPassword: 'The new password',
}

/** The server names the field and the rule: `username: is taken`. */
function sentence(detail: string): string {
  const [, field = '', rule = ''] = /^(\w+): (.*)$/s.exec(detail) ?? []
  const named = FIELDS[field]
  return named === undefined ? detail : `${named} ${rule}.`
}
