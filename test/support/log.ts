import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import type { Request } from 'express'
import type { Logger } from 'pino'
import { onTestFinished } from 'vitest'
import { createLogger } from '../../src/server/logging.ts'
import { assertNoSecrets } from './secrets.ts'

/** A logger and its lines until now. The test fails where any of them held a secret. */
export function keptLog(level = 'debug'): { readonly logger: Logger; readonly log: string[] } {
  const secrets = watchSecrets()
  const log: string[] = []
  let all = ''
  const write = (line: string) => {
    log.push(line)
    all += line
  }
  onTestFinished(() => assertNoSecrets(all, secrets))
  return { logger: createLogger(level, { write }), log }
}

/** Every token and password that goes in or out while the test runs, as Node's HTTP server sees it; of tokens the parts, too. */
export function watchSecrets(): ReadonlySet<string> {
  const secrets = new Set<string>()
  const seen = (message: unknown) => {
    const { request, response } = message as { request: Request; response: ServerResponse }
    for (const token of [
      request.headers.authorization?.slice('Bearer '.length),
      response.getHeader('X-JWT'),
    ]) {
      if (typeof token !== 'string') continue
      for (const secret of [token, ...token.split('.').slice(1)]) secrets.add(secret)
    }
    const { password, currentPassword, newPassword } = request.body ?? {}
    for (const secret of [password, currentPassword, newPassword]) {
      if (typeof secret === 'string') secrets.add(secret)
    }
  }
  subscribe('http.server.response.finish', seen)
  onTestFinished(() => void unsubscribe('http.server.response.finish', seen))
  return secrets
}
