import { describe, expect, it, vi } from 'vitest'
import type { Key } from '../../src/tokens/keyring.ts'
import { keyringOfSecrets } from '../../src/tokens/keyring.ts'
import { Verifier } from '../../src/tokens/verifier.ts'
import { forge, SECRET } from '../support/forge.ts'
import { policyOf, T0 } from '../support/records.ts'

/** A verifier that tells how often it looked for a key, which it does once for each verification. */
function verifierOf(entries = 10) {
  const keyring = keyringOfSecrets(SECRET)
  const find = vi.fn((kid: string): Key | undefined => keyring.find(kid))
  return { verifier: new Verifier(policyOf(), { ...keyring, find }, entries), find }
}

describe('Verifier', () => {
  it('verifies a token once, and answers alike from then on', () => {
    const { verifier, find } = verifierOf()
    const token = forge()
    const first = verifier.verify(token, T0)
    expect(first.kind).toBe('verified')
    expect(verifier.verify(token, T0)).toBe(first)
    expect(find).toHaveBeenCalledTimes(1)
  })

  it('remembers nothing of what was wrong', () => {
    const { verifier, find } = verifierOf()
    const token = forge({ payload: { aud: 'another' } })
    expect(verifier.verify(token, T0)).toEqual({ kind: 'invalid' })
    expect(verifier.verify(token, T0)).toEqual({ kind: 'invalid' })
    expect(find).toHaveBeenCalledTimes(2)
  })

  it('takes no token for another one with the same end of its signature', () => {
    const { verifier } = verifierOf()
    const token = forge()
    verifier.verify(token, T0)
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const forged = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const other = Buffer.from(JSON.stringify({ ...forged, sub: 'root' })).toString('base64url')
    expect(verifier.verify(`${header}.${other}.${signature}`, T0)).toEqual({ kind: 'invalid' })
    expect(verifier.verify(`x${token}`, T0).kind).not.toBe('verified')
  })

  it('is bounded', () => {
    const { verifier, find } = verifierOf(4)
    const tokens = [1, 2, 3, 4, 5].map((gen) => forge({ payload: { gen } }))
    for (const token of tokens) verifier.verify(token, T0)
    verifier.verify(tokens[0] as string, T0)
    expect(find).toHaveBeenCalledTimes(6)
    verifier.verify(tokens[4] as string, T0)
    expect(find).toHaveBeenCalledTimes(6)
  })

  it('trusts what was signed here, and says of it what a verification would', () => {
    const { verifier, find } = verifierOf()
    const token = forge({ payload: { gen: 7, role: 'admin' } })
    verifier.trust(token)
    const trusted = verifier.verify(token, T0)
    expect(find).not.toHaveBeenCalled()
    expect(trusted).toEqual(verifierOf().verifier.verify(token, T0))
  })

  it('trusts nothing without the claims of a token', () => {
    const { verifier } = verifierOf()
    const token = forge({ payload: { gen: 'seven' } })
    verifier.trust(token)
    expect(verifier.verify(token, T0)).toEqual({ kind: 'invalid' })
  })
})
