import jwt from 'jsonwebtoken'
import { expiryOf } from '../protocol/decide.ts'
import { ConfigurationError } from '../protocol/errors.ts'
import type { Policy } from '../protocol/policy.ts'
import type { Claims, SessionRecord, Timestamp } from '../protocol/types.ts'
import type { Keyring } from './keyring.ts'
import { TOKEN_LENGTH } from './verify.ts'

/**
 * Signs the token of the latest generation that a record has issued (RFC 7515), with the key that signs now.
 * Times keep their milliseconds, as a lifetime may be `1500ms`. Where resource servers take the tokens, too, `aud`
 * is a list of all audiences (RFC 7519 section 4.1.3).
 *
 * @throws ConfigurationError where the host's claims make the token too long.
 */
export function signToken(
  record: SessionRecord,
  claims: Claims,
  now: Timestamp,
  policy: Policy,
  keyring: Keyring,
  audiences: readonly string[] = [],
): string {
  const payload = {
    ...claims,
    iss: policy.issuer,
    aud: audiences.length === 0 ? policy.audience : [policy.audience, ...audiences],
    sub: record.userId,
    jti: record.jti,
    gen: record.issued,
    iat: now / 1000,
    exp: expiryOf(record.createdAt, now, policy) / 1000,
    auth_time: record.createdAt / 1000,
  }
  const { kid, alg, signingKey } = keyring.signingAt(now)
  const token = jwt.sign(payload, signingKey, { algorithm: alg, keyid: kid })
  if (token.length > TOKEN_LENGTH) {
    throw new ConfigurationError(
      'loadClaims',
      `claims that make a token of ${token.length} characters`,
      `claims with which a token has at most ${TOKEN_LENGTH}`,
    )
  }
  return token
}
