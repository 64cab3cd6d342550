import { constants, setPriority } from 'node:os'
import { answer } from './questions.ts'

/**
 * Keeps the load's core awake at the lowest priority: on a core that fell asleep, each answer would pay for the
 * wake-up, and the fastest candidate the most.
 */
const SPELL_MS = 20

answer({})
setPriority(constants.priority.PRIORITY_LOW)
spin()

function spin(): void {
  const end = performance.now() + SPELL_MS
  while (performance.now() < end);
  setImmediate(spin)
}
