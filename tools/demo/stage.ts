import { setTimeout as wait } from 'node:timers/promises'
import { styleText } from 'node:util'
import Database from 'better-sqlite3'
import { formatTable } from '../../src/cli/output.ts'
import type { Reply } from './device.ts'

type Style = Parameters<typeof styleText>[0]

const RECORDED_MS = 100

/** Tells the story on the terminal, and remembers whether everything went as told. */
export class Stage {
  allWentAsTold = true
  #step = 0
  readonly #rows

  constructor(databasePath: string) {
    const database = new Database(databasePath, { readonly: true })
    this.#rows = database.prepare(
      `SELECT hex(jti) AS jti, a.value AS agent, valid, revoked_reason AS reason, issued, seen, floor, parent
       FROM sliding_sessions s JOIN sliding_user_agents a ON a.id = s.user_agent_id
       WHERE user_id = ? ORDER BY s.created_at`,
    )
  }

  title(text: string): void {
    this.#step += 1
    print(`\n${paint(['bold', 'cyan'], `${this.#step}. ${text}`)}`)
  }

  say(text: string): void {
    print(`   ${text}`)
  }

  /** Says what happened, with a tick where it is what the story tells. */
  check(text: string, isAsTold: boolean): void {
    print(`   ${isAsTold ? paint('green', '✓') : paint('red', '✗')} ${text}`)
    this.allWentAsTold &&= isAsTold
  }

  /** Says what a request got, and checks it. */
  reply(request: string, { status, isRenewed, body }: Reply, expected: string): void {
    const got = [status, body.code, isRenewed ? '+ X-JWT' : undefined].filter(Boolean).join(' ')
    const isAsTold = got === expected
    this.check(
      `${request.padEnd(44)} → ${paint('bold', got)}${isAsTold ? '' : `   (expected ${expected})`}`,
      isAsTold,
    )
  }

  /** Shows a user's rows as the database has them. A first use is recorded a moment after its request was answered. */
  async rows(userId: string): Promise<void> {
    await wait(RECORDED_MS)
    const rows = this.#rows.all(userId) as Row[]
    const headings = ['jti', 'device', 'valid', 'issued', 'seen', 'floor', 'parent', 'revoked']
    const table = formatTable(
      headings,
      rows.map((row) => [
        `${row.jti.slice(0, 6).toLowerCase()}…`,
        /Firefox|iPhone/.exec(row.agent)?.[0] ?? row.agent,
        String(row.valid),
        ...[row.issued, row.seen, row.floor, row.parent ?? '–'].map(String),
        row.reason ?? '',
      ]),
    )
    for (const line of table.split('\n')) print(paint('dim', `     │ ${line}`))
  }

  async wait(seconds: number, why: string): Promise<void> {
    this.say(paint('yellow', `… ${seconds} s later: ${why}`))
    await wait(seconds * 1000)
  }
}

interface Row {
  readonly jti: string
  readonly agent: string
  readonly valid: number
  readonly reason: string | null
  readonly issued: number
  readonly seen: number
  readonly floor: number
  readonly parent: number | null
}

/** In colour where the terminal has it (and `NO_COLOR` is not set). */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
