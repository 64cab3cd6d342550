import { DURATION_FORM, parseDuration } from './duration.ts'
import { ConfigurationError } from './errors.ts'
import { nearest } from './nearest.ts'

/**
 * Refuses names that are no options, and says which one was probably meant.
 *
 * @throws ConfigurationError
 */
export function refuseUnknown(options: object, known: readonly string[]): void {
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue
    const meant = nearest(option, known)
    const takes = `one of ${known.join(', ')}`
    const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`
    throw new ConfigurationError(option, 'an unknown option', takes, `${option}: unknown option; ${hint}`)
  }
}

/** An option that is a function, or what stands for it where there is none. */
export function readFunction<T>(option: string, value: T | undefined, byDefault: T): T {
  if (value === undefined) return byDefault
  if (typeof value !== 'function') throw new ConfigurationError(option, show(value), 'a function')
  return value
}

/** A duration in milliseconds. */
export function readDuration(option: string, value: unknown): number {
  const duration = parseDuration(value)
  if (duration === undefined) throw new ConfigurationError(option, show(value), DURATION_FORM)
  return duration
}

/** Whether an option is set; one that is absent is not. */
export function readBoolean(option: string, value: unknown = false): boolean {
  if (typeof value !== 'boolean') throw new ConfigurationError(option, show(value), 'true or false')
  return value
}

/** A value as an error message shows it: short, and never more than its type where it may be a secret. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return value === undefined ? 'nothing' : String(value)
}
