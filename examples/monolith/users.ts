import { randomBytes, randomUUID, scrypt as scryptWithCallback, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Database } from 'better-sqlite3'

const scrypt = promisify(scryptWithCallback) as (
  password: string,
  salt: Buffer,
  bytes: number,
) => Promise<Buffer>

export interface User {
  readonly id: string
  readonly name: string
  readonly role: 'user' | 'admin'
}

type Row = User & { readonly salt: Buffer; readonly hash: Buffer }

/** The app's own users. Sliding sessions know nothing of this table but the ids in it. */
export class Users {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
    database.exec(`CREATE TABLE IF NOT EXISTS users (
      id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL
    ) STRICT`)
  }

  /** Adds a user, the first one as admin; undefined where the name is taken. */
  async add(name: string, password: string): Promise<User | undefined> {
    const salt = randomBytes(16)
    const hash = await scrypt(password, salt, 32)
    const isFirst = this.#database.prepare('SELECT 1 FROM users LIMIT 1').get() === undefined
    const user: User = { id: randomUUID(), name, role: isFirst ? 'admin' : 'user' }
    const { changes } = this.#database
      .prepare('INSERT INTO users VALUES (@id, @name, @role, @salt, @hash) ON CONFLICT (name) DO NOTHING')
      .run({ ...user, salt, hash })
    return changes === 1 ? user : undefined
  }

  /** The user, if name and password belong together; a wrong name takes as long as a wrong password. */
  async check(name: string, password: string): Promise<User | undefined> {
    const row = this.#database.prepare('SELECT * FROM users WHERE name = ?').get(name) as Row | undefined
    const hash = await scrypt(password, row?.salt ?? Buffer.alloc(16), 32)
    return row !== undefined && timingSafeEqual(hash, row.hash) ? this.find(row.id) : undefined
  }

  find(id: string): User | undefined {
    return this.#database.prepare('SELECT id, name, role FROM users WHERE id = ?').get(id) as User | undefined
  }

  /** Deletes a user; false where there is none. Their sessions end by themselves, as `claimsOf` then answers null. */
  remove(id: string): boolean {
    return this.#database.prepare('DELETE FROM users WHERE id = ?').run(id).changes === 1
  }

  /** What a token says of its user; null where there is no such user any more. Read at each renewal. */
  claimsOf(id: string): { role: string; name: string } | null {
    const user = this.find(id)
    return user === undefined ? null : { role: user.role, name: user.name }
  }
}
