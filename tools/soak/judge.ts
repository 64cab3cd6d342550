import type { SoakReport } from './soak.ts'

/**
 * What may be the slope's own noise, in MB per minute. At the load of a soak, 100 bytes that are kept of each
 * request are more than the limit of the heap. RSS also moves with the allocator's and SQLite's own habits.
 */
const MOST_GROWTH = { heap: 0.75, external: 0.75, rss: 4 } as const

/** SQLite begins the WAL anew after 1,000 pages, 4 MB; a long write or a reader may defer that for a while. */
const MOST_WAL_MB = 16

/** What speaks against a server, in words; nothing where it did well. */
export function complaintsOf({
  counts,
  growth,
  wal,
}: Pick<SoakReport, 'counts' | 'growth' | 'wal'>): string[] {
  const complaints: string[] = []
  if (counts.wrong > 0) complaints.push(`${counts.wrong} wrong answers`)
  for (const what of ['heap', 'external', 'rss'] as const) {
    const most = MOST_GROWTH[what]
    if (growth[what] > most)
      complaints.push(`${what} grows by ${growth[what].toFixed(2)} MB a minute, more than ${most}`)
  }
  if (wal > MOST_WAL_MB) complaints.push(`the WAL grew to ${wal.toFixed(1)} MB, more than ${MOST_WAL_MB}`)
  return complaints
}
