import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import type { Sqlite } from './connection.ts'
import { oncePerTurn } from './once-per-turn.ts'

/** Tells whether anybody has committed to a database since the last time it was asked. */
export interface ChangeSignal {
  /** With the socket of a request, as of the time when the event loop took that request from the system. */
  hasChanged(socket?: object): boolean
}

/**
 * The cheapest signal that is never late. In WAL mode every commit, of whatever process, becomes visible by
 * rewriting the header of the `-shm` file (sqlite.org/walformat.html, section 2.1); on Linux, where reading a
 * file and mapping it are coherent, reading those 48 bytes costs a third of `PRAGMA data_version`, which
 * serves elsewhere. In a database in memory looking for the change itself is as cheap.
 */
export function changeSignal(sqlite: Sqlite): ChangeSignal {
  if (sqlite.memory) return { hasChanged: () => true }
  const isMapped = process.platform === 'linux' && isWal(sqlite)
  const signal: ChangeSignal = isMapped ? new ShmSignal(sqlite) : new DataVersionSignal(sqlite)
  return { hasChanged: oncePerTurn(() => signal.hasChanged()) }
}

function isWal(sqlite: Sqlite): boolean {
  return sqlite.pragma('journal_mode', { simple: true }) === 'wal'
}

/** `WalIndexHdr` of the WAL-index format: change counter, size and checksums of the last commit. */
const HEADER_BYTES = 48

/**
 * Files that were opened here, by device and inode. None is closed while SQLite uses it: POSIX drops all of a
 * process's locks on a file as soon as it closes any descriptor of it, and SQLite's locks are on this file.
 */
const descriptors = new Map<string, number>()

class ShmSignal implements ChangeSignal {
  readonly #descriptor: number
  readonly #words = new Uint32Array(HEADER_BYTES / 4)
  readonly #last = new Uint32Array(HEADER_BYTES / 4)

  constructor(sqlite: Sqlite) {
    // The file is made by the first read.
    sqlite.pragma('data_version')
    this.#descriptor = openOnce(`${fileOf(sqlite)}-shm`)
    this.hasChanged()
  }

  hasChanged(): boolean {
    readSync(this.#descriptor, this.#words, 0, HEADER_BYTES, 0)
    let isChanged = false
    for (let word = 0; word < this.#last.length; word += 1) {
      if (this.#words[word] === this.#last[word]) continue
      this.#last[word] = this.#words[word] as number
      isChanged = true
    }
    return isChanged
  }
}

/** The path as SQLite has it: absolute and without links, whatever the host called it and wherever it went since. */
function fileOf(sqlite: Sqlite): string {
  const databases = sqlite.pragma('database_list') as { readonly name: string; readonly file: string }[]
  return databases.find(({ name }) => name === 'main')?.file ?? sqlite.name
}

function openOnce(path: string): number {
  closeDeleted()
  const { dev, ino } = statSync(path)
  const file = `${dev}:${ino}`
  const descriptor = descriptors.get(file) ?? openSync(path, 'r')
  descriptors.set(file, descriptor)
  return descriptor
}

/** SQLite deletes the file when the last connection of all processes is closed; nobody has a lock on it any more. */
function closeDeleted(): void {
  for (const [file, descriptor] of descriptors) {
    if (fstatSync(descriptor).nlink > 0) continue
    closeSync(descriptor)
    descriptors.delete(file)
  }
}

/** The version changes with the commits of other connections, the total with those of this one. */
class DataVersionSignal implements ChangeSignal {
  readonly #statement
  #last: unknown

  constructor(sqlite: Sqlite) {
    this.#statement = sqlite
      .prepare("SELECT data_version || ',' || total_changes() FROM pragma_data_version")
      .pluck()
    this.#last = this.#statement.get()
  }

  hasChanged(): boolean {
    const version = this.#statement.get()
    const isChanged = version !== this.#last
    this.#last = version
    return isChanged
  }
}
