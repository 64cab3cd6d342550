import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { SlidingSession } from '../src/index.ts'
import { IP } from './fill.ts'
import { requestWith } from './renewing.ts'

/** Between two looks at the memory: few enough that none of its peaks is missed. */
const STEP = 100

/** What memory takes at most while sessions are used one after the other, and their tokens are renewed. */
export class Remembering {
  readonly #tokenAt: (seat: number) => string

  constructor(tokenAt: (seat: number) => string) {
    this.#tokenAt = tokenAt
  }

  /** Bytes at the highest, beyond what was there before. */
  async peak(sessions: SlidingSession, count: number): Promise<number> {
    const before = heapUsed()
    let highest = 0
    for (let seat = 0; seat < count; seat += 1) {
      const outcome = await sessions.authenticateUpgrade(requestWith(this.#tokenAt(seat)), { ip: IP })
      if (outcome.kind !== 'pass') throw new Error(`refused: ${outcome.code}`)
      if (seat % STEP === STEP - 1) highest = Math.max(highest, heapUsed() - before)
    }
    return highest
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
