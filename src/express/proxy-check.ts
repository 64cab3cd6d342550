import type { Application } from 'express'
import { ConfigurationError } from '../protocol/errors.ts'
import type { Policy } from '../protocol/policy.ts'

/** `trust proxy: true` believes whatever a client writes into `X-Forwarded-For`. */
export function proxyCheck({ fingerprint }: Policy): (app: Application) => void {
  if (!fingerprint.comparesIp) return () => undefined
  const checked = new WeakSet<Application>()
  return (app) => {
    if (checked.has(app)) return
    if (app.get('trust proxy') === true) {
      throw new ConfigurationError(
        'trust proxy',
        'true, with a fingerprint rule that compares addresses',
        'the number or the addresses of your proxies, as true lets every client choose its address',
      )
    }
    checked.add(app)
  }
}
