import { formatDuration, readPolicy } from '../../index.ts'
import type { Config } from '../../server/config.ts'
import { type Finding, ok, warning } from './finding.ts'

/** What the settings say that is allowed, and yet may not be meant. */
export function checkSettings(config: Config): Finding[] {
  return [
    ok('settings', 'can all be used'),
    ...checkIdleTimeout(config),
    checkTrustProxy(config),
    ...checkOrigins(config),
    ...checkWebhook(config),
  ]
}

/** A token that expires when its session is idle already cannot be renewed. */
function checkIdleTimeout({ policy }: Config): Finding[] {
  const { tokenTtl, idleTimeout } = readPolicy(policy)
  if (idleTimeout > tokenTtl) return []
  const found = `${formatDuration(idleTimeout)}, while tokens are fresh for ${formatDuration(tokenTtl)}`
  const advice = 'No session is ever renewed: make IDLE_TIMEOUT longer than TOKEN_TTL.'
  return [warning('idle timeout', found, advice)]
}

function checkTrustProxy({ trustProxy, host }: Config): Finding {
  if (trustProxy === true) {
    return warning(
      'trust proxy',
      'true: every client chooses the address it is counted by',
      'Set TRUST_PROXY to the number of your proxies, or to their addresses.',
    )
  }
  if (trustProxy !== false) return ok('trust proxy', `${trustProxy}`)
  if (isLoopback(host)) return ok('trust proxy', 'false: addresses are those of the connections')
  return warning(
    'trust proxy',
    `false, while HOST is ${host}`,
    'Right without a proxy. Behind one all clients share its address: set TRUST_PROXY to the number of proxies.',
  )
}

function checkOrigins({ corsOrigins }: Config): Finding[] {
  if (!corsOrigins.includes('*')) return []
  return [
    warning(
      'cors',
      '*: pages of every origin may call',
      'Name the origins of your own pages in CORS_ORIGINS.',
    ),
  ]
}

function checkWebhook({ webhook }: Config): Finding[] {
  if (webhook === undefined) return []
  const { protocol, hostname, host } = new URL(webhook.url)
  if (protocol === 'https:' || isLoopback(hostname)) return [ok('webhook', host)]
  return [
    warning(
      'webhook',
      `${host}, by plain http`,
      'Events name users and addresses: use https in AUDIT_WEBHOOK_URL.',
    ),
  ]
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || host.startsWith('127.')
}
