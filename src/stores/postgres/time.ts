/** The time of a process, apart from what the world calls it. */
export interface Time {
  /** Milliseconds that only ever grow. */
  readonly now: () => number
  /** Does something later, if the process still runs then; answers with how to call it off. */
  readonly after: (milliseconds: number, act: () => void) => () => void
}

export const MACHINE_TIME: Time = {
  now: () => performance.now(),
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds).unref()
    return () => clearTimeout(timer)
  },
}
