import { SlidingSessionError } from '../index.ts'

/** What a place in a list looks like: the folded name of a user, the number of an event. */
const PLACES = { user: /./s, event: /^\d{1,15}$/ } as const

type Kind = keyof typeof PLACES

/** A stretch of a list, and where the next one begins; null at the end. */
export interface Page<T> {
  readonly entries: readonly T[]
  readonly nextCursor: string | null
}

/**
 * Cuts a page out of what was read: one entry more than the page holds, so that it is known whether there is
 * more. The cursor holds the place of the page's last entry.
 */
export function pageOf<T>(
  read: readonly T[],
  limit: number,
  kind: Kind,
  placeOf: (entry: T) => string,
): Page<T> {
  const entries = read.slice(0, limit)
  const last = entries.at(-1)
  const hasMore = read.length > limit && last !== undefined
  return { entries, nextCursor: hasMore ? encode(kind, placeOf(last)) : null }
}

/**
 * The place that a cursor holds.
 *
 * @throws SlidingSessionError `body_invalid` where no list of this kind gave it out.
 */
export function readCursor(kind: Kind, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const place = Buffer.from(cursor, 'base64url')
    .toString('utf8')
    .slice(kind.length + 1)
  if (PLACES[kind].test(place) && encode(kind, place) === cursor) return place
  throw new SlidingSessionError('body_invalid', 'cursor: takes a nextCursor of the same list')
}

function encode(kind: Kind, place: string): string {
  return Buffer.from(`${kind}:${place}`, 'utf8').toString('base64url')
}
