import type { Pool } from 'pg'
import { ask, statement } from './query.ts'

/**
 * The condition of a statement that goes through the table of sessions in the order of its pages, without an
 * index and without sorting (TID range scan). `$1` and `$2` are the ends of a stretch.
 */
export const IN_STRETCH = 's.ctid >= $1::tid AND s.ctid < $2::tid'

/** 8 MB of pages: some 50,000 sessions, some milliseconds. */
const PAGES = 1_024

const SIZE = statement(
  'session_pages',
  `SELECT pg_relation_size('sliding_sessions') / current_setting('block_size')::bigint AS pages`,
)

/** The stretches that make up the table as it is now, as values of `IN_STRETCH`. */
export async function stretches(pool: Pool): Promise<[from: string, to: string][]> {
  const [size] = await ask<{ pages: number }>(pool, SIZE)
  const count = Math.ceil((size?.pages ?? 0) / PAGES)
  return Array.from({ length: count }, (_, index) => [
    pageStart(index * PAGES),
    pageStart((index + 1) * PAGES),
  ])
}

function pageStart(page: number): string {
  return `(${page},0)`
}
