import type { Timestamp } from '../protocol/types.ts'

/** ISO 8601 with date, time and zone (RFC 3339): without a zone it would mean another time on each machine. */
const FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/** Reads a time such as `2027-01-31T08:00:00Z`; undefined where it has another form. */
export function parseTime(value: unknown): Timestamp | undefined {
  if (typeof value !== 'string' || !FORM.test(value)) return undefined
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}
