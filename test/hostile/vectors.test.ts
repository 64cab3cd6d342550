import { createSecretKey } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { expect, it } from 'vitest'
import { keyringOfJwks } from '../../src/tokens/keyring.ts'
import { verifyToken } from '../../src/tokens/verify.ts'
import { policyOf, T0 } from '../support/records.ts'

/** RFC 7515 appendix A.1: key, token and claims. No package that ships JWS vectors is needed for two of them. */
const K = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'
const PAYLOAD =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
const A1 = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`
const A5 = `eyJhbGciOiJub25lIn0.${PAYLOAD}.`

const KEYRING = keyringOfJwks({ keys: [{ kty: 'oct', alg: 'HS256', kid: 'rfc7515', k: K }] })
const OPTIONS: jwt.VerifyOptions = { algorithms: ['HS256'], ignoreExpiration: true }

it('the signature of RFC 7515 appendix A.1 is right with its key, and with no other', () => {
  const key = createSecretKey(Buffer.from(K, 'base64url'))
  const claims = { iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true }
  expect(jwt.verify(A1, key, OPTIONS)).toEqual(claims)
  expect(() => jwt.verify(A1, createSecretKey(Buffer.alloc(64)), OPTIONS)).toThrow('invalid signature')
})

it.each([
  ['A.1', A1],
  ['A.5', A5],
])('the token of RFC 7515 appendix %s is none of ours, even with its key', (_name, token) => {
  expect(verifyToken(token, T0, policyOf(), KEYRING)).toEqual({ kind: 'invalid' })
})
