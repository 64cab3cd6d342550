import { subscribe } from 'node:diagnostics_channel'
import '../../tools/soak/memory-probe.ts'

/** Makes of a server one that keeps something of each request. */
const kept: unknown[] = []

subscribe('http.server.request.start', () => {
  kept.push(Array.from({ length: 1_000 }, () => ({})))
})
