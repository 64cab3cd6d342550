import type { Request, RequestHandler, Response } from 'express'
import type { Path, Revocation } from '../results.ts'

/** Who is logged in; every `GET /me` answers `{user}` with it. */
export interface User {
  readonly id: string
  readonly role: string
}

/** What a client sends to show its session. */
export interface Credential {
  readonly header: 'authorization' | 'cookie'
  readonly value: string
}

/** What a candidate is given to start with. */
export interface Setting {
  /** The path of its SQLite file, or the URL of its PostgreSQL; another process of the same candidate may use it, too. */
  readonly database: string
  readonly secret: string
}

/** A candidate at work. */
export interface Service {
  /** What stands before the route. */
  readonly guard: readonly RequestHandler[]
  /** Who the guard found. */
  userOf(req: Request): User
  /** Begins a session; the credential goes out in `X-JWT` or as a cookie. */
  login(req: Request, res: Response, user: User): void | Promise<void>
  /** Ends a session, as an operator would; nothing where the candidate has no way to. */
  revoke(credential: Credential): unknown
  /** A mark of the last renewal as the database has it, which grows with each. Only where a path renews. */
  renewalOf?(credential: Credential): unknown
}

/** A row of the results before it is measured. */
export interface Candidate {
  readonly path: Path
  readonly name: string
  /** What it is, for people. */
  readonly title: string
  /** How far a revocation reaches at once, as it claims; undefined for Express without sessions. */
  readonly claims: Revocation | undefined
  /** Whether its database is a PostgreSQL. Default: a SQLite file. */
  readonly isOnPostgres?: boolean
  readonly open: (setting: Setting) => Promise<Service>
}

/** The JWT of a credential. */
export function tokenOf({ value }: Credential): string {
  return value.replace('Bearer ', '')
}

/** The value of a cookie of a credential. */
export function cookieOf({ value }: Credential, name: string): string {
  const cookie = value.split('; ').find((part) => part.startsWith(`${name}=`))
  if (cookie === undefined) throw new Error(`no cookie ${name}`)
  return decodeURIComponent(cookie.slice(name.length + 1))
}
