import { Store, useStore } from './store.ts'

/** Often enough for "just now" to become "1 min ago" in time. */
const TICK_MS = 10_000

const clock = new Store(Date.now())

setInterval(() => {
  if (document.visibilityState === 'visible') clock.set(Date.now())
}, TICK_MS)

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') clock.set(Date.now())
})

/** Now, in a component that is drawn anew as time goes by. */
export function useNow(): number {
  return Math.max(useStore(clock), Date.now())
}
