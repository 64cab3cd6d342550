import Database from 'better-sqlite3'
import { type Device, describe, generationOf, payloadOf, type Reply } from './device.ts'

/** What the server acknowledged of one session. */
export interface Entry {
  readonly jti: string
  /** Whoever logged in, with the latest token. */
  readonly device: Device
  /** `leaving`: a revocation was sent, and its answer was lost. */
  state: 'in' | 'leaving' | 'out'
}

/** The row of a session as the file has it. */
interface Row {
  readonly issued: number
  readonly valid: number
}

/** Everything that a server acknowledged, and what of it is not there when it is looked for. */
export class Ledger {
  readonly counts = { answers: 0, logins: 0, renewals: 0, revocations: 0, lost: 0, checks: 0 }
  /** Each is a broken promise, in words. */
  readonly broken: string[] = []
  readonly #entries: Entry[] = []

  /** Notes an answer; tells whether it is the one that was promised. */
  expect(reply: Reply, status: number, what: string): boolean {
    if (reply.kind === 'lost') {
      this.counts.lost += 1
      return false
    }
    this.counts.answers += 1
    if (reply.status !== status) this.broken.push(`${what}: ${describe(reply)} in place of ${status}`)
    return reply.status === status
  }

  loggedIn(device: Device): Entry {
    const entry: Entry = { jti: payloadOf(device.token ?? '').jti, device, state: 'in' }
    this.#entries.push(entry)
    this.counts.logins += 1
    return entry
  }

  renewed(): void {
    this.counts.renewals += 1
  }

  /** A revocation was acknowledged. */
  revoked(entries: readonly Entry[]): void {
    for (const entry of entries) entry.state = 'out'
    this.counts.revocations += entries.length
  }

  /** Compares every entry with the file; to be asked before requests write to it again. */
  checkFile(path: string, when: string): void {
    const file = new Database(path, { readonly: true })
    const select = file.prepare<[Buffer], Row>('SELECT issued, valid FROM sliding_sessions WHERE jti = ?')
    for (const entry of this.#entries) {
      const row = select.get(Buffer.from(entry.jti, 'base64url'))
      for (const loss of lossesOf(entry, row)) this.broken.push(`${when}: ${entry.device.name}: ${loss}`)
      this.counts.checks += 1
    }
    file.close()
  }

  /** Every session that is to be in passes, and every one that is to be out is refused. */
  async checkAnswers(url: string, when: string): Promise<void> {
    for (const { device, state } of this.#entries) {
      if (state === 'leaving') continue
      const reply = await device.send(url, 'GET', '/verify')
      this.counts.checks += 1
      const isRight = reply.kind === 'answer' && isPromised(state, reply.status, reply.code)
      if (!isRight) this.broken.push(`${when}: ${device.name}, which is ${state}: ${describe(reply)}`)
    }
  }
}

function isPromised(state: 'in' | 'out', status: number, code: string | undefined): boolean {
  return state === 'in' ? status === 204 : status === 401 && code === 'session_revoked'
}

function lossesOf({ state, device }: Entry, row: Row | undefined): string[] {
  if (row === undefined) return ['the login is lost']
  const losses: string[] = []
  if (row.issued < generationOf(device.token)) losses.push('a renewal is lost')
  if (state === 'out' && row.valid !== 0) losses.push('the revocation is lost')
  if (state === 'in' && row.valid !== 1) losses.push('was revoked, and nobody asked for it')
  return losses
}
