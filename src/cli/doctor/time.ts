export const DAY_MS = 86_400_000

/** Clocks further apart than this let tokens expire too early or too late. */
export const CLOCK_TOLERANCE_MS = 60_000
