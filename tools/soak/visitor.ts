import { setTimeout as wait } from 'node:timers/promises'
import type { Prng } from '../../test/simulation/prng.ts'
import type { Answer, Client } from './client.ts'
import type { Tally } from './tally.ts'

const DEVICES = 3

/** The longest pause between two requests of one visitor. */
const PAUSE_MS = 40

export interface Account {
  readonly username: string
  readonly password: string
}

/** One login of a visitor. */
interface Device {
  readonly begun: number
  token: string
  /** Tokens that came before, the latest last. */
  readonly older: string[]
}

/** What a session's answer is once the session is over: its record may be pruned by then. */
const OVER = ['session_revoked', 'session_unknown']

/** A user with a few devices who does a bit of everything, in a hurry, and knows what each answer must be. */
export class Visitor {
  readonly #client: Client
  readonly #account: Account
  readonly #maxAge: number
  readonly #chance: Prng
  readonly #tally: Tally
  #devices: Device[] = []

  constructor(client: Client, account: Account, maxAge: number, chance: Prng, tally: Tally) {
    this.#client = client
    this.#account = account
    this.#maxAge = maxAge
    this.#chance = chance
    this.#tally = tally
  }

  /** Goes on until the time has come, in milliseconds since 1970. */
  async liveUntil(end: number): Promise<void> {
    while (Date.now() < end) {
      try {
        await this.#act(this.#chance.unit())
      } catch (error) {
        this.#tally.blame(`${this.#account.username}: ${(error as Error).message}`)
      }
      await wait(this.#chance.between(0, PAUSE_MS))
    }
  }

  async #act(luck: number): Promise<void> {
    const device = this.#devices.length === 0 ? undefined : this.#chance.pick(this.#devices)
    if (device === undefined || (luck < 0.02 && this.#devices.length < DEVICES)) return this.#logIn()
    if (luck < 0.03) return this.#logOut(device)
    if (luck < 0.035) return this.#endAll(device)
    if (luck < 0.04) return this.#forget(device)
    if (luck < 0.045) return this.#steal(device)
    if (luck < 0.055) return this.#strange()
    const path = luck < 0.08 ? '/me/sessions' : luck < 0.12 ? '/me' : '/verify'
    await this.#ask(device, 'GET', path)
  }

  async #logIn(): Promise<void> {
    const begun = Date.now()
    const { status, code, token } = await this.#send('POST', '/login', undefined, this.#account)
    if (status !== 200 || token === undefined) return this.#tally.blame(`a login: ${status} ${code}`)
    this.#tally.counts.logins += 1
    this.#devices.push({ begun, token, older: [] })
  }

  async #logOut(device: Device): Promise<void> {
    this.#forget(device)
    if (await this.#ask(device, 'POST', '/logout')) await this.#expectOver([device])
  }

  async #endAll(device: Device): Promise<void> {
    const ended = this.#devices
    this.#devices = []
    if (await this.#ask(device, 'DELETE', '/me/sessions')) await this.#expectOver(ended)
  }

  /** The session is left to its idle time-out, and its record to the pruning. */
  #forget(device: Device): void {
    this.#devices = this.#devices.filter((other) => other !== device)
  }

  /** Somebody uses an old copy of the token: both lose the session. */
  async #steal(device: Device): Promise<void> {
    const copy = device.older.at(-2)
    if (copy === undefined) return
    this.#forget(device)
    const { status, code } = await this.#send('GET', '/verify', copy)
    if (code === 'token_reused') {
      this.#tally.counts.thefts += 1
      await this.#expectOver([device])
    } else if (!this.#isOld(device, code)) this.#tally.blame(`a stolen copy: ${status} ${code}`)
  }

  /** What is sent by those who have no session. */
  async #strange(): Promise<void> {
    const [token, expected] = this.#chance.pick([
      [undefined, 'token_missing'],
      ['nonsense', 'token_malformed'],
      [`e30.e30.${'A'.repeat(43)}`, 'token_invalid'],
    ] as const)
    const { status, code } = await this.#send('GET', '/verify', token)
    if (code !== expected) this.#tally.blame(`${expected}: ${status} ${code}`)
    else this.#tally.counts.refusals += 1
  }

  /** Sends the latest token; answers whether the session is still there. */
  async #ask(device: Device, method: string, path: string): Promise<boolean> {
    const { status, code, token } = await this.#send(method, path, device.token)
    if (token !== undefined) {
      this.#tally.counts.renewals += 1
      device.older.push(device.token)
      if (device.older.length > 2) device.older.shift()
      device.token = token
    }
    if (status < 300) return true
    this.#forget(device)
    if (!this.#isOld(device, code)) this.#tally.blame(`${method} ${path}: ${status} ${code}`)
    return false
  }

  /** Whether a session has come to its greatest age, and was told so. */
  #isOld({ begun }: Device, code: string): boolean {
    const isOld = Date.now() - begun > this.#maxAge - 1_000
    return isOld && ['session_expired', 'session_unknown'].includes(code)
  }

  async #expectOver(devices: readonly Device[]): Promise<void> {
    this.#tally.counts.revocations += devices.length
    for (const device of devices) {
      const { status, code } = await this.#send('GET', '/verify', device.token)
      if (!OVER.includes(code) && !this.#isOld(device, code))
        this.#tally.blame(`a revoked session: ${status} ${code}`)
    }
  }

  #send(method: string, path: string, token?: string, body?: unknown): Promise<Answer> {
    this.#tally.counts.requests += 1
    return this.#client.ask(method, path, token, body)
  }
}
