import { Store } from './store.ts'

/** How long a notice stays: long enough to read it twice. */
const STAYS_MS = 6_000

/** What was just done, in a few words; undefined: nothing lately. */
export const notice = new Store<string | undefined>(undefined)

let timer: ReturnType<typeof setTimeout> | undefined

/** Tells that something was done. */
export function tell(text: string): void {
  clearTimeout(timer)
  notice.set(text)
  timer = setTimeout(() => notice.set(undefined), STAYS_MS)
}
