import { useNow } from '../state/clock.ts'
import { exact, relative } from '../words/time.ts'

/** A time as people say it, and to the second when pointed at. */
export function Ago({ at }: { at: string }) {
  const time = Date.parse(at)
  return (
    <time dateTime={at} title={exact(time)}>
      {relative(time, useNow())}
    </time>
  )
}
