import assert from 'node:assert/strict'

/** A token, the hash of a password, a private key of either form, and what the tests have as passwords and secrets. */
const NEVER_LOGGED = [
  /eyJ[\w-]+\.[\w-]+\.[\w-]+/,
  /\$argon2/,
  /-----BEGIN|"[dk]":"/,
  /\w+ horse battery/,
  /a secret of [^"]*/,
]

/** Shorter ones are words that a log may well have. */
const LONG_ENOUGH = 8

/** What a log holds that none may, or one of the secrets that are `known` beside that; undefined where all is well. */
export function secretIn(log: string, known: Iterable<string> = []): string | undefined {
  for (const pattern of NEVER_LOGGED) {
    const [found] = pattern.exec(log) ?? []
    if (found !== undefined) return found
  }
  return [...known].find((secret) => secret.length >= LONG_ENOUGH && log.includes(secret))
}

/** Throws where `secretIn` finds something, and shows the line. */
export function assertNoSecrets(log: string, known: Iterable<string> = []): void {
  const found = secretIn(log, known)
  if (found === undefined) return
  const line = log.split('\n').find((text) => text.includes(found))
  assert.fail(`the log holds a secret, ${JSON.stringify(found)}: ${line}`)
}
