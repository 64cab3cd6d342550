import { createSecretKey } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { expect, it } from 'vitest'
import { keyringOfJwks } from '../../src/tokens/keyring.ts'
import { verifyToken } from '../../src/tokens/verify.ts'
import { policyOf, T0 } from '../support/records.ts'

/** RFC 7515 appendices A.1 and A.5. They are written out here, as no package was found that ships JWS vectors. */
const K = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'
const PAYLOAD =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
const A1 = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`
const A5 = `eyJhbGciOiJub25lIn0.${PAYLOAD}.`

/** RFC 7520 section 4.4: another payload than claims, under a `kid`. */
const COOKBOOK = {
  k: 'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg',
  kid: '018c0ae5-4d9b-471b-bfd6-eef314bc7037',
  token: [
    'eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9',
    'SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4',
    's0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0',
  ].join('.'),
}

const KEYRING = keyringOfJwks({
  keys: [
    { kty: 'oct', alg: 'HS256', kid: 'rfc7515', k: K },
    { kty: 'oct', alg: 'HS256', kid: COOKBOOK.kid, k: COOKBOOK.k },
  ],
})
const OPTIONS: jwt.VerifyOptions = { algorithms: ['HS256'], ignoreExpiration: true }

it('the signature of RFC 7515 appendix A.1 is right with its key, and with no other', () => {
  const key = createSecretKey(Buffer.from(K, 'base64url'))
  const claims = { iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true }
  expect(jwt.verify(A1, key, OPTIONS)).toEqual(claims)
  expect(() => jwt.verify(A1, createSecretKey(Buffer.alloc(64)), OPTIONS)).toThrow('invalid signature')
})

it('the signature of RFC 7520 section 4.4 is right with its key', () => {
  const key = KEYRING.find(COOKBOOK.kid)?.key
  const payload = key && jwt.verify(COOKBOOK.token, key, OPTIONS)
  expect(payload).toMatch(/^It’s a dangerous business, Frodo/)
})

it.each([
  ['RFC 7515 appendix A.1', A1],
  ['RFC 7515 appendix A.5', A5],
  ['RFC 7520 section 4.4', COOKBOOK.token],
])('the token of %s is none of ours, even with its key', (_name, token) => {
  expect(verifyToken(token, T0, policyOf(), KEYRING)).toEqual({ kind: 'invalid' })
})
