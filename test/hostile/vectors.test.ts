import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { expect, it } from 'vitest'
import { keyringOfJwks } from '../../src/tokens/jwks.ts'
import { verifyToken } from '../../src/tokens/verify.ts'
import { policyOf, T0 } from '../support/records.ts'

/**
 * RFC 7515 appendices A.1 to A.3 and A.5: one payload, signed in three ways and in none. They are written out
 * here, as no package was found that ships JWS vectors.
 */
const PAYLOAD =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
const CLAIMS = { iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true }

const A1 = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`
const A1_K = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'
const A2 = `eyJhbGciOiJSUzI1NiJ9.${PAYLOAD}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`
const A2_N =
  'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ'
const A3 = `eyJhbGciOiJFUzI1NiJ9.${PAYLOAD}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`
const A3_POINT = {
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}
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
    { kty: 'oct', alg: 'HS256', kid: 'rfc7515', k: A1_K },
    { kty: 'oct', alg: 'HS256', kid: COOKBOOK.kid, k: COOKBOOK.k },
  ],
})

const SECRET = createSecretKey(Buffer.from(A1_K, 'base64url'))
const COOKBOOK_SECRET = createSecretKey(Buffer.from(COOKBOOK.k, 'base64url'))
const RSA = createPublicKey({ key: { kty: 'RSA', n: A2_N, e: 'AQAB' }, format: 'jwk' })
const EC = createPublicKey({ key: { kty: 'EC', crv: 'P-256', ...A3_POINT }, format: 'jwk' })

it.each<[string, string, KeyObject, jwt.Algorithm, unknown]>([
  ['RFC 7515 appendix A.1', A1, SECRET, 'HS256', CLAIMS],
  ['RFC 7515 appendix A.2', A2, RSA, 'RS256', CLAIMS],
  ['RFC 7515 appendix A.3', A3, EC, 'ES256', CLAIMS],
  [
    'RFC 7520 section 4.4',
    COOKBOOK.token,
    COOKBOOK_SECRET,
    'HS256',
    expect.stringMatching(/^It’s a dangerous/),
  ],
])('the signature of %s is right, until one character changes', (_name, token, key, alg, payload) => {
  const options: jwt.VerifyOptions & { complete?: false } = { algorithms: [alg], ignoreExpiration: true }
  expect(jwt.verify(token, key, options)).toEqual(payload)
  const changed = token.replace(/.(.)$/, (end) => `${end.startsWith('A') ? 'B' : 'A'}${end.slice(1)}`)
  expect(() => jwt.verify(changed, key, options)).toThrow('invalid signature')
})

it.each([
  ['RFC 7515 appendix A.1', A1],
  ['RFC 7515 appendix A.2', A2],
  ['RFC 7515 appendix A.3', A3],
  ['RFC 7515 appendix A.5', A5],
  ['RFC 7520 section 4.4', COOKBOOK.token],
])('the token of %s is none of ours, even where its secret is a key of ours', (_name, token) => {
  expect(verifyToken(token, T0, policyOf(), KEYRING)).toEqual({ kind: 'invalid' })
})
