import type { IncomingMessage } from 'node:http'
import type { Request, RequestHandler, Response, Router } from 'express'
import { refuseSigning, type SharedKeys } from '../channel/shared-keys.ts'
import type { SessionEventName, SessionListener } from '../events.ts'
import type { Started } from '../logins.ts'
import type { Outcome } from '../outcome.ts'
import { ConfigurationError } from '../protocol/errors.ts'
import { readBoolean, refuseUnknown, show } from '../protocol/options.ts'
import type { SessionInfo } from '../protocol/session-info.ts'
import { REVOCATION_REASONS, type RevocationReason } from '../protocol/types.ts'
import type { Sessions, SigningJwks } from '../sessions.ts'
import { authenticate } from './authenticate.ts'
import { jwks } from './jwks.ts'
import { proxyCheck } from './proxy-check.ts'
import { clientOf, readClient, readCredential } from './read-request.ts'
import { renew } from './renew.ts'
import type { AuthenticateOptions } from './requirements.ts'
import { endSession, sessionRoutes } from './routes.ts'
import { refuseSent, sendToken } from './write-response.ts'

/** How often records that ended are deleted. */
const PRUNE_INTERVAL_MS = 600_000

/** Sessions with one token only, for Express. Made by `slidingSession`. */
export interface SlidingSession {
  /**
   * The middleware that lets valid sessions pass, sets `req.auth`, and renews expired tokens.
   *
   * @throws ConfigurationError where an option is unknown or cannot be used.
   */
  authenticate(options?: AuthenticateOptions): RequestHandler
  /**
   * Begins a session for a user whose identity you have checked; the token goes out in `X-JWT`.
   *
   * @throws SlidingSessionError `user_disabled`, `unavailable`; TypeError where the user id is no text, or empty;
   * ConfigurationError where `loadClaims` answers what a token cannot carry, and what it throws itself; Error where the
   * headers are already sent.
   */
  start(req: Request, res: Response, userId: string): Promise<Started>
  /**
   * Ends the session of a request that `authenticate` let pass (logout); no token goes out. Answers whether there
   * was one: a token that `authenticate` has not judged ends nothing, as it may be an old copy.
   *
   * @throws SlidingSessionError `unavailable`
   */
  end(req: Request, res: Response): Promise<boolean>
  /**
   * A user's sessions, valid ones first; at most 1,000.
   *
   * @throws SlidingSessionError `unavailable`, TypeError where the user id is no text, or empty.
   */
  list(userId: string): Promise<SessionInfo[]>
  /**
   * One session; undefined where it is not recorded.
   *
   * @throws SlidingSessionError `unavailable`, TypeError where the `jti` is no text.
   */
  find(jti: string): Promise<SessionInfo | undefined>
  /**
   * Revokes one session; answers whether it had not been revoked before. Its tokens are refused from the next request on.
   *
   * @throws SlidingSessionError `unavailable`, TypeError where the `jti` is no text, ConfigurationError where an option
   * is unknown or cannot be used.
   */
  revoke(jti: string, options?: RevokeOptions): Promise<boolean>
  /**
   * Revokes all sessions of a user, where wanted with the exception of one. `revoked` counts those that had not been
   * revoked before; some of them may have ended by themselves.
   *
   * @throws SlidingSessionError `unavailable`, TypeError where the user id is no text, or empty, ConfigurationError
   * where an option is unknown or cannot be used.
   */
  revokeAll(userId: string, options?: RevokeAllOptions): Promise<{ revoked: number }>
  /**
   * The mountable router: `POST /logout`, `GET` and `DELETE /me/sessions`, `DELETE /me/sessions/:jti`. Each asks for a
   * token by itself. `GET /docs/errors` is for everybody: mounted at the root and before `authenticate()`, it is where
   * the `type` of problem documents leads.
   */
  routes(): Router
  /**
   * Deletes the records of all sessions that have ended, and answers with their number; it also runs by itself, every
   * ten minutes, for those that ended a day ago. `onProgress` is told, now and then, the share of the work that is done,
   * from 0 to 1; not with a store of yours that does not tell it.
   *
   * @throws SlidingSessionError `unavailable`
   */
  prune(onProgress?: (share: number) => void): Promise<number>
  /** Has a listener told of an event: see `SessionEvents`. What it throws becomes a warning of the process. */
  on<Name extends SessionEventName>(event: Name, listener: SessionListener<Name>): SlidingSession
  /** Takes a listener back. */
  off<Name extends SessionEventName>(event: Name, listener: SessionListener<Name>): SlidingSession
  /**
   * The judgement of `authenticate` for a WebSocket's upgrade request. Where the outcome has a `token`, the session was
   * renewed: hand it to the client, as a header of the 101 answer or as the first message.
   * `ip` is the client's address as your server knows it; by default that of the socket. `strict`: see
   * `AuthenticateOptions`.
   *
   * @throws SlidingSessionError `unavailable`, ConfigurationError where an option is unknown or cannot be used.
   */
  authenticateUpgrade(req: IncomingMessage, options?: { ip?: string; strict?: boolean }): Promise<Outcome>
  /**
   * The handler of `GET /.well-known/jwks.json`: the public keys (RFC 7517) of ES256 and RS256, those that do not
   * sign yet among them. Secrets have none.
   */
  jwks(): RequestHandler
  /**
   * The handler of `POST /renew`, for the servers that `resources` names, and for nobody else. It reads the body by
   * itself: mount it before `express.json()`.
   */
  renew(): RequestHandler
  /**
   * Puts other keys in the place of all before, without a restart. Tokens of a key that is gone are refused from
   * the next request on.
   *
   * @throws ConfigurationError where it is no JWK Set of keys that sign, or a resource server has one of them, too;
   * then nothing is changed.
   */
  useKeys(keys: SigningJwks): void
  /** Stops the pruning and closes what was opened here. */
  close(): Promise<void>
}

/** How `revoke` and `revokeAll` do it. */
export interface RevokeOptions {
  /** What the record and the event tell as the reason. Default `revoked`. */
  readonly reason?: RevocationReason
}

/** How `revokeAll` does it. */
export interface RevokeAllOptions extends RevokeOptions {
  /** The `jti` of the session that stays, such as `req.auth.jti`. Default: none stays. */
  readonly except?: string | undefined
}

/** Puts Express's face on the engine. */
export function face(sessions: Sessions, sharedKeys: SharedKeys, now: () => number): SlidingSession {
  const pruning = setInterval(() => sessions.pruneInBackground(), PRUNE_INTERVAL_MS).unref()
  const checkProxies = proxyCheck(sessions.policy)
  const self: SlidingSession = {
    authenticate: (options) => authenticate(sessions, now, options),

    async start(req, res, userId) {
      refuseSent(res)
      checkProxies(req.app)
      const started = await sessions.start(userId, readCredential(req), readClient(req))
      sendToken(res, started.token, () => !sessions.isRevoked(started.session.jti))
      return started
    },

    end: (req, res) => endSession(sessions, req, res),

    list: async (userId) => sessions.list(readUserId(userId)),
    find: async (jti) => sessions.find(readJti(jti)),

    async revoke(jti, options = {}) {
      refuseUnknown(options, ['reason'])
      return sessions.revoke(readJti(jti), readReason(options.reason))
    },

    async revokeAll(userId, options = {}) {
      refuseUnknown(options, ['except', 'reason'])
      const { except, reason } = options
      if (except !== undefined && typeof except !== 'string') {
        throw new ConfigurationError('except', show(except), 'the jti of a session')
      }
      return { revoked: await sessions.revokeAll(readUserId(userId), readReason(reason), except) }
    },

    routes: () => sessionRoutes(sessions, authenticate(sessions, now)),
    prune: (onProgress) => sessions.prune(0, onProgress),

    on(event, listener) {
      sessions.events.on(event, listener)
      return self
    },

    off(event, listener) {
      sessions.events.off(event, listener)
      return self
    },

    async authenticateUpgrade(req, options = {}) {
      refuseUnknown(options, ['ip', 'strict'])
      const { ip = req.socket.remoteAddress } = options
      if (ip !== undefined && typeof ip !== 'string')
        throw new ConfigurationError('ip', show(ip), 'an address')
      const strict = readBoolean('strict', options.strict)
      return sessions.authenticate(readCredential(req), () => clientOf(req, ip), strict)
    },

    jwks: () => jwks(sessions),
    renew: () => renew(sessions, sharedKeys, now),
    useKeys: (keys) => sessions.useKeys(keys, (keyring) => refuseSigning(sharedKeys, keyring.keys)),

    async close() {
      clearInterval(pruning)
      await sessions.close()
    },
  }
  return self
}

/** What is no name at all is the caller's mistake; the database would only be blamed for it. */
function readUserId(userId: unknown): string {
  if (typeof userId === 'string' && userId !== '') return userId
  throw new TypeError('A user id is a non-empty string.')
}

function readJti(jti: unknown): string {
  if (typeof jti === 'string') return jti
  throw new TypeError('A jti is a string.')
}

function readReason(reason: RevocationReason = 'revoked'): RevocationReason {
  if (REVOCATION_REASONS.includes(reason)) return reason
  throw new ConfigurationError('reason', show(reason), `one of ${REVOCATION_REASONS.join(', ')}`)
}
