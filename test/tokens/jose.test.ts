import { createLocalJWKSet, importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { keyringOfJwks } from '../../src/tokens/jwks.ts'
import { ALGORITHMS } from '../../src/tokens/keyring.ts'
import { publicJwksOf } from '../../src/tokens/public-jwks.ts'
import { signToken } from '../../src/tokens/sign.ts'
import { verifyToken } from '../../src/tokens/verify.ts'
import { payloadOf } from '../support/forge.ts'
import { jwkOf } from '../support/keys.ts'
import { policyOf, recordOf, T0 } from '../support/records.ts'

const KEYRING = keyringOfJwks({ keys: ALGORITHMS.map((alg) => jwkOf(alg)) })
const CHECKS = {
  issuer: 'sliding-jwt',
  audience: 'sliding-jwt',
  typ: 'JWT',
  currentDate: new Date(T0),
}

/** Another implementation of the standards, in both directions. */
describe.each(ALGORITHMS)('jose and %s', (alg) => {
  const token = signToken(
    recordOf({ userId: 'ada' }),
    { role: 'admin' },
    T0,
    policyOf(),
    keyringOfJwks({ keys: [jwkOf(alg)] }),
  )

  it('takes our tokens, given the secret or the public key', async () => {
    const jwk = publicJwksOf(KEYRING).keys.find(({ kid }) => kid === alg) ?? jwkOf(alg)
    const { payload, protectedHeader } = await jwtVerify(token, await importJWK(jwk as JWK), CHECKS)
    expect(payload).toMatchObject({ sub: 'ada', role: 'admin', gen: 0 })
    expect(protectedHeader).toEqual({ alg, typ: 'JWT', kid: alg })
  })

  it('makes tokens that we take, of claims that are right', async () => {
    const key = await importJWK(jwkOf(alg) as JWK, alg)
    const header = { alg, typ: 'JWT', kid: alg }
    const right = await new SignJWT(payloadOf()).setProtectedHeader(header).sign(key)
    expect(verifyToken(right, T0, policyOf(), KEYRING).kind).toBe('verified')
    const wrong = await new SignJWT({ ...payloadOf(), aud: 'another' }).setProtectedHeader(header).sign(key)
    expect(verifyToken(wrong, T0, policyOf(), KEYRING).kind).toBe('invalid')
  })

  it('finds the key of a token in our JWK Set, if it is a public one', async () => {
    const published = createLocalJWKSet({ keys: [...publicJwksOf(KEYRING).keys] })
    const verified = jwtVerify(token, published, CHECKS)
    if (alg === 'HS256') await expect(verified).rejects.toMatchObject({ code: 'ERR_JOSE_NOT_SUPPORTED' })
    else await expect(verified).resolves.toMatchObject({ payload: { sub: 'ada' } })
  })
})
