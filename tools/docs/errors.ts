import { ERRORS } from '../../src/index.ts'

/** The page of all error codes, made from the table in the source. */
export function errorsPage(): string {
  const sections = Object.entries(ERRORS).map(([code, { status, title, cause, cure }]) =>
    [`## ${code}`, '', `**${status}** ${title}`, '', `- Cause: ${cause}`, `- Cure: ${cure}`].join('\n'),
  )
  return `${[
    '# Errors',
    'Every error is a problem document (RFC 9457), `application/problem+json`, with `type`, `title`, `status`, `code` and `detail`. The list of codes is closed. Every 401 has a `WWW-Authenticate` challenge (RFC 6750), with `error="invalid_token"` unless no token was sent.\n\n`type` leads to the code’s section on the same host: `GET /docs/errors` of the stand-alone server, and in an app of `sessions.routes()`, mounted at the root and before `sessions.authenticate()`.',
    ...sections,
  ].join('\n\n')}\n`
}
