import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs'
import { isPostgresUrl, pathOf } from '../stores/open.ts'
import { backUp } from '../stores/sqlite/backup.ts'
import { type Command, CommandError } from './command.ts'
import { DATABASE_OPTION, refuseMissing } from './database.ts'
import { answer, formatBytes } from './output.ts'
import { withProgress } from './progress.ts'
import { configOf } from './settings.ts'

export const backup: Command = {
  name: 'backup',
  takes: ['FILE'],
  meaning: 'copies the database into a new file while servers go on, and checks the copy',
  examples: ['backup /var/backups/sessions-$(date +%F).db', 'backup copy.db --database-url sessions.db'],
  options: DATABASE_OPTION,
  async run(call) {
    const { databaseUrl } = configOf(call)
    if (isPostgresUrl(databaseUrl)) {
      throw new CommandError(
        'not_supported',
        'a PostgreSQL database is backed up by pg_dump, or by its provider',
      )
    }
    refuseMissing(databaseUrl, false)
    const [from, to] = [pathOf(databaseUrl), call.positionals[0] as string]
    if (from === ':memory:') throw new CommandError('not_found', 'a database in memory has no file to copy')
    if (existsSync(to)) throw new CommandError('conflict', `${to} is there already`)
    const isJson = call.flags['json'] === true
    await withProgress(call.terminal, 'Copying', isJson, ({ at }) => copyWhole(from, to, at))
    const { size } = statSync(to)
    const text = `Backed up ${from} to ${to} (${formatBytes(size)}), and checked the copy. It holds no keys.`
    return answer(call.terminal, isJson, { file: to, bytes: size }, text)
  },
}

/** The file appears under its name only when it is whole, checked, and on the disk. */
async function copyWhole(from: string, to: string, onProgress: (share: number) => void): Promise<void> {
  try {
    const draft = makeDraft(to)
    try {
      await backUp(from, draft, onProgress)
      flush(draft)
      linkSync(draft, to)
    } finally {
      rmSync(draft, { force: true })
    }
  } catch (error) {
    throw new CommandError('backup_failed', `${to} could not be made: ${(error as Error).message}`)
  }
}

/** A new file, under a name that no other container makes: the numbers of their processes are alike. */
function makeDraft(to: string): string {
  const draft = `${to}.${randomUUID()}.part`
  closeSync(openSync(draft, 'wx', 0o600))
  return draft
}

function flush(path: string): void {
  const file = openSync(path, 'r+')
  fsyncSync(file)
  closeSync(file)
}
