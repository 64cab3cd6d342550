import Database from 'better-sqlite3'

/** How much of a copy is done, from 0 to 1. */
export type Progress = (share: number) => void

/** Pages copied in one go: a few milliseconds. */
const PAGES = 2_000

/**
 * Copies a database, while others read and write it, into a file that must not be there yet, by SQLite's online
 * backup; then checks the copy. It holds everything that was committed when the copy began, in one file.
 *
 * @throws Error where the database cannot be read, the copy cannot be written, or is not whole.
 */
export async function backUp(from: string, to: string, onProgress: Progress): Promise<void> {
  const source = new Database(from, { readonly: true, fileMustExist: true })
  try {
    // A read transaction keeps one state of the database, so that no write makes the copy begin anew.
    source.exec('BEGIN')
    source.prepare('SELECT count(*) FROM sqlite_schema').get()
    await source.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress(totalPages === 0 ? 0 : 1 - remainingPages / totalPages)
        return PAGES
      },
    })
  } finally {
    source.close()
  }
  verify(to)
}

/** Opens the copy, puts it into one file, and lets SQLite look at every page, index and key. */
function verify(path: string): void {
  const copy = new Database(path, { fileMustExist: true })
  try {
    copy.pragma('journal_mode = DELETE')
    const [found] = copy.pragma('integrity_check(1)') as { integrity_check: string }[]
    if (found?.integrity_check !== 'ok') throw new Error(`the copy is not whole: ${found?.integrity_check}`)
    if ((copy.pragma('foreign_key_check') as unknown[]).length > 0) {
      throw new Error('the copy is not whole: rows refer to rows that are not there')
    }
  } finally {
    copy.close()
  }
}
