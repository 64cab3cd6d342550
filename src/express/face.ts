import type { IncomingMessage } from 'node:http'
import type { Request, RequestHandler, Response, Router } from 'express'
import type { SharedKeys } from '../channel/shared-keys.ts'
import type { SessionEventName, SessionListener } from '../events.ts'
import type { Started } from '../logins.ts'
import type { Outcome } from '../outcome.ts'
import type { SessionInfo } from '../protocol/session-info.ts'
import type { RevocationReason } from '../protocol/types.ts'
import type { Sessions, SigningJwks } from '../sessions.ts'
import { type AuthenticateOptions, authenticate } from './authenticate.ts'
import { jwks } from './jwks.ts'
import { clientOf, readClient, readCredential } from './read-request.ts'
import { renew } from './renew.ts'
import { endSession, sessionRoutes } from './routes.ts'
import { refuseSent, sendToken } from './write-response.ts'

/** How often records that ended are deleted. */
const PRUNE_INTERVAL_MS = 600_000

/** Sessions with one token only, for Express. Made by `slidingSession`. */
export interface SlidingSession {
  /** The middleware that lets valid sessions pass, sets `req.auth`, and renews expired tokens. */
  authenticate(options?: AuthenticateOptions): RequestHandler
  /**
   * Begins a session for a user whose identity you have checked; the token goes out in `X-JWT`.
   *
   * @throws SlidingSessionError `user_disabled`, `unavailable`
   */
  start(req: Request, res: Response, userId: string): Promise<Started>
  /**
   * Ends the session of a request that `authenticate` let pass (logout); no token goes out. Answers whether there
   * was one: a token that `authenticate` has not judged ends nothing, as it may be an old copy.
   */
  end(req: Request, res: Response): Promise<boolean>
  /** A user's sessions, valid ones first; at most 1,000. */
  list(userId: string): Promise<SessionInfo[]>
  /** One session; undefined where it is not recorded. */
  find(jti: string): Promise<SessionInfo | undefined>
  /** Revokes one session; answers whether it was valid until now. Its tokens are refused from the next request on. */
  revoke(jti: string, options?: RevokeOptions): Promise<boolean>
  /** Revokes all sessions of a user, where wanted with the exception of one. */
  revokeAll(
    userId: string,
    options?: RevokeOptions & { except?: string | undefined },
  ): Promise<{ revoked: number }>
  /** The mountable router: `POST /logout`, `GET` and `DELETE /me/sessions`, `DELETE /me/sessions/:jti`. */
  routes(): Router
  /** Deletes the records of all sessions that have ended; it also runs by itself, for those a day old. */
  prune(): Promise<number>
  /** Tells a listener of an event from now on. */
  on<Name extends SessionEventName>(event: Name, listener: SessionListener<Name>): SlidingSession
  /** Takes a listener away. */
  off<Name extends SessionEventName>(event: Name, listener: SessionListener<Name>): SlidingSession
  /**
   * The judgement of `authenticate` for a WebSocket's upgrade request. Where the outcome has a `token`, the session was
   * renewed: hand it to the client, as a header of the 101 answer or as the first message.
   * `ip` is the client's address as your server knows it; by default that of the socket.
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
   * @throws ConfigurationError where it is no JWK Set of keys that sign; then nothing is changed.
   */
  useKeys(keys: SigningJwks): void
  /** Stops the pruning and closes what was opened here. */
  close(): Promise<void>
}

export interface RevokeOptions {
  /** What the record and the event tell as the reason. Default `revoked`. */
  readonly reason?: RevocationReason
}

/** Puts Express's face on the engine. */
export function face(sessions: Sessions, sharedKeys: SharedKeys, now: () => number): SlidingSession {
  const pruning = setInterval(() => sessions.pruneInBackground(), PRUNE_INTERVAL_MS).unref()
  const self: SlidingSession = {
    authenticate: (options) => authenticate(sessions, now, options),

    async start(req, res, userId) {
      refuseSent(res)
      const started = await sessions.start(userId, readCredential(req), readClient(req))
      sendToken(res, started.token, () => !sessions.isRevoked(started.session.jti))
      return started
    },

    end: (req, res) => endSession(sessions, req, res),

    list: (userId) => sessions.list(userId),
    find: (jti) => sessions.find(jti),
    revoke: (jti, { reason = 'revoked' } = {}) => sessions.revoke(jti, reason),

    async revokeAll(userId, { except, reason = 'revoked' } = {}) {
      return { revoked: await sessions.revokeAll(userId, reason, except) }
    },

    routes: () => sessionRoutes(sessions, authenticate(sessions, now)),
    prune: () => sessions.prune(),

    on(event, listener) {
      sessions.events.on(event, listener)
      return self
    },

    off(event, listener) {
      sessions.events.off(event, listener)
      return self
    },

    async authenticateUpgrade(req, { ip = req.socket.remoteAddress, strict = false } = {}) {
      return sessions.authenticate(readCredential(req), () => clientOf(req, ip), strict)
    },

    jwks: () => jwks(sessions),
    renew: () => renew(sessions, sharedKeys, now),
    useKeys: (keys) => sessions.useKeys(keys),

    async close() {
      clearInterval(pruning)
      await sessions.close()
    },
  }
  return self
}
