import { once } from 'node:events'
import { serve } from '../server/serve.ts'
import type { Command } from './command.ts'
import { answer } from './output.ts'
import { configOf, settingOptions, variablesOnly } from './settings.ts'

export const serveCommand: Command = {
  name: 'serve',
  takes: [],
  meaning: 'runs the server; each option can also be given as the environment variable that it names',
  examples: [
    'serve --port 8080 --database-url /var/lib/sliding-jwt/sessions.db',
    'serve --token-ttl 5m --trust-proxy 1',
  ],
  options: settingOptions(),
  variables: variablesOnly(),
  async run(call) {
    const server = await serve(configOf(call))
    answer(
      call.terminal,
      call.flags['json'] === true,
      { url: server.url },
      `sliding-jwt listens on ${server.url}`,
    )
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
    await server.stop()
    return 0
  },
}
