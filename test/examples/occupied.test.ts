import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { run } from './run.ts'

it.each(['nginx', 'monolith', 'several-machines'])(
  'examples/%s says in one line that its port is taken',
  async (example) => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const started = run(example, process.execPath, ['main.ts', '--port', String(port)], {})
    await expect(started).rejects.toThrow(
      new RegExp(`ended with 1: .*cannot start: .*EADDRINUSE.* 127\\.0\\.0\\.1:${port}\n$`),
    )
  },
)
