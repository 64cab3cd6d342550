import { setTimeout as wait } from 'node:timers/promises'
import type { Prng } from '../simulation/prng.ts'
import { Device } from './device.ts'
import type { Entry, Ledger } from './ledger.ts'

const DEVICES = 4

/** Whose devices they are. */
export interface Account {
  readonly id: string
  readonly username: string
  readonly password: string
}

/** A load that goes on until it is over. */
export interface Load {
  readonly url: string
  isOver: boolean
}

/**
 * The devices of one user, and an administrator who looks after them. Requests of different devices, and those
 * of different households, run side by side; what a household revokes, it revokes when nothing else of it runs.
 */
export class Household {
  readonly #account: Account
  readonly #root: Account
  readonly #chance: Prng
  readonly #ledger: Ledger
  #members: Entry[] = []
  #admin: Entry | undefined
  #names = 0

  constructor(account: Account, root: Account, chance: Prng, ledger: Ledger) {
    this.#account = account
    this.#root = root
    this.#chance = chance
    this.#ledger = ledger
  }

  async live(load: Load): Promise<void> {
    while (!load.isOver) {
      await this.#next(load.url)
      await wait(this.#chance.between(0, 20))
    }
  }

  async #next(url: string): Promise<void> {
    this.#admin ??= await this.#logIn(url, this.#root)
    const luck = this.#chance.unit()
    const [first, second] = this.#members
    const hasRoom = this.#members.length < DEVICES
    if (first === undefined || (hasRoom && luck > 0.7)) await this.#welcome(url)
    else if (luck < 0.1) await this.#revoke(url, first, 'POST', '/logout', [first], 204)
    else if (luck < 0.2 && second !== undefined)
      await this.#revoke(url, first, 'DELETE', `/me/sessions/${second.jti}`, [second], 204)
    else if (luck < 0.25 && this.#admin !== undefined)
      await this.#revoke(url, this.#admin, 'DELETE', this.#allSessions, this.#members, 200)
    else await Promise.all([...this.#members, this.#admin].map((entry) => entry && this.#ask(url, entry)))
  }

  async #welcome(url: string): Promise<void> {
    const entry = await this.#logIn(url, this.#account)
    if (entry !== undefined) this.#members.push(entry)
  }

  get #allSessions(): string {
    return `/admin/users/${this.#account.id}/sessions`
  }

  async #logIn(url: string, { username, password }: Account): Promise<Entry | undefined> {
    this.#names += 1
    const device = new Device(`session ${this.#names} of ${username}`)
    const reply = await device.login(url, username, password)
    return this.#ledger.expect(reply, 200, `a login of ${username}`)
      ? this.#ledger.loggedIn(device)
      : undefined
  }

  async #ask(url: string, { device }: Entry): Promise<void> {
    const reply = await device.send(url, 'GET', '/verify')
    if (this.#ledger.expect(reply, 204, `a request of ${device.name}`)) this.#countRenewal(reply)
  }

  /** One device ends sessions. Where the answer is lost, nobody knows whether they have ended. */
  async #revoke(
    url: string,
    { device }: Entry,
    method: string,
    path: string,
    ended: readonly Entry[],
    status: number,
  ): Promise<void> {
    for (const entry of ended) entry.state = 'leaving'
    this.#members = this.#members.filter((member) => !ended.includes(member))
    const reply = await device.send(url, method, path)
    if (!this.#ledger.expect(reply, status, `${method} ${path} of ${device.name}`)) return
    this.#ledger.revoked(ended)
    this.#countRenewal(reply)
  }

  #countRenewal(reply: { readonly kind: string; readonly renewed?: boolean }): void {
    if (reply.renewed === true) this.#ledger.renewed()
  }
}
