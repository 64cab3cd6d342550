import { createHmac } from 'node:crypto'
import { keyringOfSecrets } from '../../src/tokens/keyring.ts'
import { T0 } from './records.ts'

export const SECRET = 'a secret of the tests, which is 32 bytes or longer'

/** The `kid` by which the tokens of `SECRET` are known. */
export const KID = keyringOfSecrets(SECRET).signingAt(T0).kid

/** What a forger changes; a value of undefined leaves a member out. */
export interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>
  readonly payload?: Readonly<Record<string, unknown>>
  readonly secret?: string | Uint8Array
  readonly hash?: 'sha256' | 'sha384' | 'sha512'
}

/** Signs whatever it is given; without changes, a right token of generation 0. */
export function forge({ header, payload, secret = SECRET, hash = 'sha256' }: Forgery = {}): string {
  return seal(
    JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: KID, ...header }),
    JSON.stringify({ ...payloadOf(), ...payload }),
    secret,
    hash,
  )
}

/** The payload of a right token that is fresh for 15 minutes from `T0`. */
export function payloadOf(): Record<string, unknown> {
  return {
    iss: 'sliding-jwt',
    aud: 'sliding-jwt',
    sub: 'ada',
    jti: 'AQIDBAUGBwgJCgsMDQ4PEA',
    gen: 0,
    iat: T0 / 1000,
    exp: T0 / 1000 + 900,
    auth_time: T0 / 1000,
  }
}

/** Joins header and payload, which need be no JSON, under a signature. */
export function seal(
  header: string,
  payload: string,
  secret: string | Uint8Array = SECRET,
  hash: 'sha256' | 'sha384' | 'sha512' = 'sha256',
): string {
  const signed = `${encode(header)}.${encode(payload)}`
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}

/** A token's payload, unverified. */
export function decode(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

/** Replaces claims of a token and signs it again with the secret of the tests. */
export function reforge(token: string, { header, payload, secret }: Forgery): string {
  return forge({ header: header ?? {}, payload: { ...decode(token), ...payload }, secret: secret ?? SECRET })
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url')
}
