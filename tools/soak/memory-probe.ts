import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a server tells of its memory, in bytes. */
export interface Memory {
  /** What the machine gave to the process. */
  readonly rss: number
  /** What JavaScript holds after a full collection: what grows here is kept by somebody. */
  readonly heap: number
  /** Buffers and native objects that belong to JavaScript. */
  readonly external: number
}

/** Imported by a server before all else: each message of the parent is answered with the memory in use. */
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

process.on('message', () => {
  collect()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({ rss, heap: heapUsed, external } satisfies Memory)
})
// A listener for messages would keep the server from ending.
process.channel?.unref()
