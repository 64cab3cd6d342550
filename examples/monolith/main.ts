import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { createApp } from './app.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    database: { type: 'string', default: ':memory:' },
    'token-ttl': { type: 'string', default: '15m' },
  },
})

// Without a secret of its own, the example makes one, and all sessions end with the process.
const secret = process.env['JWT_SECRET'] ?? randomBytes(32)
const { app, close } = await createApp({
  databasePath: values.database,
  secret,
  tokenTtl: values['token-ttl'],
})

const server = app.listen(Number(values.port), '127.0.0.1')
await once(server, 'listening').catch(({ message }: Error) => {
  process.stderr.write(`The monolith cannot start: ${message}\n`)
  process.exit(1)
})
process.stdout.write(`The monolith listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
server.close()
server.closeAllConnections()
await close()
