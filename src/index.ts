import './runtime.ts'

export type { SharedKeyOption } from './channel/shared-keys.ts'
export type { SessionEventName, SessionEvents, SessionListener } from './events.ts'
export type { Auth } from './express/auth.ts'
export type { RevokeAllOptions, RevokeOptions, SlidingSession } from './express/face.ts'
export {
  type Problem,
  type ProblemOptions,
  problemHandler,
  problemOf,
  refusalChallenge,
  sendProblem,
} from './express/problem.ts'
export { readClient } from './express/read-request.ts'
export type { AuthenticateOptions } from './express/requirements.ts'
export type { Started } from './logins.ts'
export type { Outcome } from './outcome.ts'
export { type Duration, formatDuration, parseDuration } from './protocol/duration.ts'
export {
  ConfigurationError,
  ERRORS,
  type ErrorCode,
  type ErrorDefinition,
  type RefusalCode,
  SlidingSessionError,
} from './protocol/errors.ts'
export type { FingerprintFunction, FingerprintOption, FingerprintRule } from './protocol/fingerprint.ts'
export { type Policy, type PolicyOptions, readPolicy } from './protocol/policy.ts'
export type { SessionInfo } from './protocol/session-info.ts'
export {
  type Claims,
  type Client,
  type Lineage,
  REVOCATION_REASONS,
  type RevocationReason,
  type SessionRecord,
  type Timestamp,
} from './protocol/types.ts'
export type { LoadClaims } from './sessions.ts'
export { type SlidingSessionOptions, slidingSession } from './sliding-session.ts'
export type { DatabaseOption, PostgresPool, SqliteDatabase } from './stores/open.ts'
export type { EndedBefore, OnProgress, Renewal, RevocationTarget, SessionStore } from './stores/store.ts'
export { describeKeys, type KeyDescription } from './tokens/describe-keys.ts'
export { generateKey } from './tokens/generate-key.ts'
export type { EcPrivateJwk, RsaPrivateJwk, SecretJwk, SigningJwk, SigningJwks } from './tokens/jwks.ts'
export { ALGORITHMS, type Algorithm, type SecretOption } from './tokens/keyring.ts'
export { parseTime } from './tokens/time.ts'
