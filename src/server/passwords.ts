import { randomBytes } from 'node:crypto'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import { normalisePassword } from './credentials.ts'

/** argon2id (OWASP's password storage cheat sheet): 19 MiB, two passes, one lane. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** A hash that no password has, for names that no user has: to verify against it takes as long as any. */
const NOBODYS = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$${base64(16)}$${base64(32)}`

/** Hashes a password, off the main thread; in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalisePassword(password), PARAMETERS)
}

/**
 * Whether a hash is that of a password, off the main thread. It takes the same time without a hash, or with
 * one that cannot be read, and is then false.
 */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  return verify(
    stored !== undefined && parse(stored) !== undefined ? stored : NOBODYS,
    normalisePassword(password),
  )
}

/** Whether a hash is weaker than those made today. */
export function isOutdated(stored: string): boolean {
  const parsed = parse(stored)
  return (
    parsed === undefined ||
    parsed.algorithm !== PARAMETERS.algorithm ||
    parsed.memoryCost < PARAMETERS.memoryCost ||
    parsed.timeCost < PARAMETERS.timeCost
  )
}

function parse(stored: string) {
  try {
    return parseOptions(stored)
  } catch {
    return undefined
  }
}

function base64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '')
}
