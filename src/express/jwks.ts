import type { RequestHandler } from 'express'
import type { Sessions } from '../sessions.ts'

/** A new key should be in the file for longer than this before it signs, so that nobody meets an unknown one. */
const CACHING = 'public, max-age=300'

/** Answers with the public keys (RFC 7517 section 8.5.2); Express adds the `ETag` and answers with 304. */
export function jwks(sessions: Pick<Sessions, 'publicKeys'>): RequestHandler {
  return (_req, res) => {
    res.set('Cache-Control', CACHING).type('application/jwk-set+json')
    res.send(JSON.stringify(sessions.publicKeys()))
  }
}
