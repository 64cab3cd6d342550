import type { RequestHandler } from 'express'
import { Child } from '../child.ts'
import type { questions } from '../writer.ts'
import type { Service, Setting } from './candidate.ts'

/** So many milliseconds the other process goes on after a request: it rests while others are measured. */
const SPELL_MS = 100

/** A candidate while another process renews sessions all the time: its own ones, in the same file. */
export async function besideWriter({ database }: Setting, service: Service): Promise<Service> {
  const writer = new Child<typeof questions>('writer.ts', 'load')
  await writer.ask('open', database)
  let isWriting = false
  const keepWriting: RequestHandler = (_req, _res, next) => {
    if (!isWriting) {
      isWriting = true
      void writer.ask('write', SPELL_MS).finally(() => {
        isWriting = false
      })
    }
    next()
  }
  return { ...service, guard: [keepWriting, ...service.guard] }
}
