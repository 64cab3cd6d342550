const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Below this, nobody wants to know the seconds. */
const MOMENT = 45 * SECOND

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

const whole = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' })

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })

/** A time as people say it: `just now`, `3 min ago`, `2 h ago`, `in 5 days`, `12 Mar 2027`. */
export function relative(time: number, now: number): string {
  const distance = Math.abs(now - time)
  if (distance < MOMENT) return 'just now'
  if (distance >= 31 * DAY) return day.format(time)
  const amount = amountOf(distance)
  return time < now ? `${amount} ago` : `in ${amount}`
}

/** The same to the second, with its zone. */
export function exact(time: number): string {
  return whole.format(time)
}

/** Hour and minute. */
export function clockTime(time: number): string {
  return clock.format(time)
}

/** Each unit up to where the next one rounds to 1. */
function amountOf(distance: number): string {
  if (distance < 59.5 * MINUTE) return `${Math.max(1, Math.round(distance / MINUTE))} min`
  if (distance < 23.5 * HOUR) return `${Math.round(distance / HOUR)} h`
  const days = Math.round(distance / DAY)
  return days === 1 ? '1 day' : `${days} days`
}
