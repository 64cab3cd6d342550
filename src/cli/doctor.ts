import { ConfigurationError } from '../index.ts'
import type { Config } from '../server/config.ts'
import { isPostgresUrl, pathOf } from '../stores/open.ts'
import { type Call, type Command, EXIT } from './command.ts'
import { checkDatabase } from './doctor/database.ts'
import { type Finding, ok, warning, wrong } from './doctor/finding.ts'
import { checkKeys } from './doctor/keys.ts'
import { checkSettings } from './doctor/settings.ts'
import { answer, formatTable, plural } from './output.ts'
import { withProgress } from './progress.ts'
import { configOf, settingOptions, variablesOnly } from './settings.ts'

export const doctor: Command = {
  name: 'doctor',
  takes: [],
  meaning: 'looks at settings, files, database, keys and clock, and says what to do; changes nothing',
  examples: ['doctor', 'doctor --database-url /var/lib/sliding-jwt/sessions.db', 'doctor --json'],
  options: settingOptions(),
  variables: variablesOnly(),
  async run(call) {
    const isJson = call.flags['json'] === true
    const findings = await withProgress(call.terminal, 'Looking', isJson, () => examine(call))
    const isWell = findings.every(({ state }) => state !== 'wrong')
    answer(call.terminal, isJson, { ok: isWell, findings }, textOf(findings))
    return isWell ? EXIT.done : EXIT.failed
  },
}

/** Where the settings cannot be used, nothing else is known. */
async function examine(call: Call): Promise<Finding[]> {
  try {
    const config = configOf(call)
    return [ok('node', process.versions.node), ...checkSettings(config), ...(await examineData(config))]
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return [wrong('settings', error.message, `Set ${error.option} to what it takes.`)]
  }
}

async function examineData(config: Config): Promise<Finding[]> {
  const { databaseUrl, trustProxy } = config
  const now = Date.now()
  if (isPostgresUrl(databaseUrl)) {
    // Loaded only here: who keeps everything in SQLite needs no driver of PostgreSQL.
    const { checkPostgres } = await import('./doctor/postgres.ts')
    return [...(await checkPostgres(databaseUrl, Date.now)), ...checkKeys(config, now)]
  }
  const path = pathOf(databaseUrl)
  if (path === ':memory:') {
    return [warning('database', 'in memory: all ends with the process', 'Set DATABASE_URL.')]
  }
  return [...checkDatabase(path, trustProxy !== false, now), ...checkKeys(config, now)]
}

const MARKS = { ok: 'ok', warning: 'look', wrong: 'WRONG' } as const

function textOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ state, check, found }) => [MARKS[state], check, found])
  const advised = findings.filter(({ advice }) => advice !== undefined)
  const todo = advised.map(({ check, advice }) => `  ${check}: ${advice}`)
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length
  const verdict =
    count('wrong') > 0
      ? `${plural(count('wrong'), 'thing')} must be put right.`
      : count('warning') > 0
        ? `Nothing is wrong; ${plural(count('warning'), 'thing')} to look at.`
        : 'All is well.'
  return [
    formatTable(['', 'CHECK', 'FOUND'], rows),
    ...(todo.length > 0 ? ['', 'What to do:', ...todo] : []),
    '',
    verdict,
  ].join('\n')
}
