const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const LONGEST_MS = 3_650 * 86_400_000
const FORM = /^(\d{1,15}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/

/** `15m`, `7d`, `1500ms`, or a number of seconds; each with up to three decimals. */
export type Duration = string | number

/** What `parseDuration` takes, for error messages. */
export const DURATION_FORM = 'a duration such as 15m, 7d, 1500ms or a number of seconds, up to 3650d'

/** Reads a duration into milliseconds; undefined where it has no such form, is negative or over ten years. */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const match = FORM.exec(String(value).trim())
  if (match === null) return undefined
  const milliseconds = Math.round(Number(match[1]) * (UNITS[match[2] ?? 's'] as number))
  return milliseconds <= LONGEST_MS ? milliseconds : undefined
}

/** Writes milliseconds in the largest unit that divides them: `900000` is `15m`. */
export function formatDuration(milliseconds: number): string {
  const unit = ['d', 'h', 'm', 's'].find((name) => milliseconds % (UNITS[name] as number) === 0) ?? 'ms'
  return `${milliseconds / (UNITS[unit] as number)}${unit}`
}
