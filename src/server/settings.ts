/** One setting of the server: an environment variable, from which its flag follows, and what it means. */
export interface Setting {
  readonly variable: string
  /** Empty where there is none. */
  readonly byDefault: string
  readonly meaning: string
  /** The library's option behind it, where there is one. */
  readonly option?: string
  /** What it takes, where that is less than what the option takes. */
  readonly takes?: string
  /** Not taken from the command line, where other users of the machine can read it. */
  readonly isVariableOnly?: boolean
}

type More = Omit<Setting, 'variable' | 'byDefault' | 'meaning'>

/** Every setting of the server, in the order of the documentation. */
export const SETTINGS: readonly Setting[] = [
  setting('HOST', '127.0.0.1', 'address to listen on'),
  setting('PORT', '3000', 'port to listen on; 0 picks a free one'),
  setting('DATABASE_URL', 'sliding-jwt.db', 'path of the SQLite file, file:…, or postgres://…', {
    option: 'database',
    takes: 'the path of a SQLite file, file:…, :memory:, or postgres://…',
  }),
  setting(
    'JWT_SECRET',
    '',
    'secret that signs tokens, at least 32 bytes; others can read a flag in the process list',
    {
      option: 'secret',
    },
  ),
  setting('JWT_KEYS', '', 'key file; made beside the database where there is no secret', { option: 'keys' }),
  setting(
    'RESOURCE_KEYS',
    '',
    'file of the servers that take the tokens, too, and of the keys shared with them',
    {
      option: 'resources',
    },
  ),
  setting('JWT_ISSUER', 'sliding-jwt', 'iss of every token', { option: 'issuer' }),
  setting('JWT_AUDIENCE', 'sliding-jwt', 'aud of every token', { option: 'audience' }),
  setting('TOKEN_TTL', '15m', 'how long a token is fresh', { option: 'tokenTtl' }),
  setting('IDLE_TIMEOUT', '7d', 'how long a session can go without a renewal', { option: 'idleTimeout' }),
  setting('MAX_AGE', '30d', 'how long after the login a session ends', { option: 'maxAge' }),
  setting('GRACE', '60s', 'how long the token that caused a renewal still gets answers', { option: 'grace' }),
  setting('RENEW_BEFORE', '0', 'renew a fresh token with less than this left', { option: 'renewBefore' }),
  setting('FINGERPRINT', 'balanced', 'off, balanced or strict', {
    option: 'fingerprint',
    takes: 'off, balanced or strict',
  }),
  setting('MAX_SESSIONS_PER_USER', '0', 'beyond it the oldest is revoked; 0: no limit', {
    option: 'maxSessionsPerUser',
  }),
  setting('TRUST_PROXY', 'false', 'proxies whose X-Forwarded-For counts: their number or addresses'),
  setting('CORS_ORIGINS', '', 'origins that may call from browsers, separated by commas, or *'),
  setting('LOG_LEVEL', 'info', 'fatal, error, warn, info, debug, trace or silent'),
  setting('AUDIT_WEBHOOK_URL', '', 'where audit events are sent to', { isVariableOnly: true }),
  setting('AUDIT_WEBHOOK_SECRET', '', 'secret that signs them, at least 32 bytes', { isVariableOnly: true }),
  setting('ADMIN_USERNAME', '', 'first admin, made on an empty database', { isVariableOnly: true }),
  setting('ADMIN_PASSWORD', '', 'password of the first admin', { isVariableOnly: true }),
]

/** The flag of a variable: `TOKEN_TTL` is `--token-ttl`. */
export function flagOf(variable: string): string {
  return variable.toLowerCase().replaceAll('_', '-')
}

function setting(variable: string, byDefault: string, meaning: string, more: More = {}): Setting {
  return { variable, byDefault, meaning, ...more }
}
