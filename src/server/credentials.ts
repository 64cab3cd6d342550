import { SlidingSessionError } from '../index.ts'

const USERNAME_LENGTH = 64
const PASSWORD_LENGTH = { least: 8, most: 1_024 } as const

/** Control and format characters, line separators and halves of characters: they make names that look alike. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** A name for comparison: names that differ in case, or in how their accents are encoded, are one. */
export function foldName(username: string): string {
  return username.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC')
}

/**
 * Reads the name of a new user, into NFC.
 *
 * @throws SlidingSessionError `body_invalid`
 */
export function readUsername(value: string): string {
  const username = value.normalize('NFC')
  const length = charactersOf(username)
  if (length < 1 || length > USERNAME_LENGTH)
    throw invalid('username', `takes 1 to ${USERNAME_LENGTH} characters`)
  if (UNSEEN.test(username)) throw invalid('username', 'takes no control or invisible characters')
  if (username !== username.trim()) throw invalid('username', 'takes no blanks at its ends')
  return username
}

/**
 * Reads a new password, into NFC. There are no rules on what it is made of (NIST SP 800-63B section 3.1.1.2).
 *
 * @throws SlidingSessionError `body_invalid`, naming the field; never the password.
 */
export function readPassword(value: string, username: string, field = 'password'): string {
  const password = normalisePassword(value)
  const length = charactersOf(password)
  const { least, most } = PASSWORD_LENGTH
  if (length < least || length > most) throw invalid(field, `takes ${least} to ${most} characters`)
  if (!password.isWellFormed()) throw invalid(field, 'takes whole Unicode characters only')
  if (foldName(password) === foldName(username)) throw invalid(field, 'must not be the user name')
  return password
}

/** One encoding for each password, whatever keyboard it was typed on. */
export function normalisePassword(password: string): string {
  return password.normalize('NFC')
}

function charactersOf(text: string): number {
  return [...text].length
}

function invalid(field: string, rule: string): SlidingSessionError {
  return new SlidingSessionError('body_invalid', `${field}: ${rule}`)
}
