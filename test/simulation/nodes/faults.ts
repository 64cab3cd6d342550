import { mix, Prng } from '../prng.ts'
import type { Intent } from '../script.ts'
import type { Settings } from '../settings.ts'

/** How many actions come with a cut of a line, and with a fail-over. */
const CUTS = 0.012
const FAIL_OVERS = 0.003

/** The same for revocations, which are what several servers can be late with. */
const CUTS_AT_REVOCATION = 0.5
const FAIL_OVERS_AT_REVOCATION = 0.15

/** Requests that bring a session into the memory of the servers before it is revoked. */
const LOOKS = 8

/** Pages with many requests, sent just before a revocation: they arrive before and after it, on any server. */
const PAGES = 3
const REQUESTS_OF_PAGE = 12

const REVOCATIONS = new Set(['logout', 'revoke', 'revokeUser', 'ban'])

/** Adds to a script what happens to several servers, close to what is done there; older copies are not restored. */
export function withFaults(script: readonly Intent[], seed: number, settings: Settings): Intent[] {
  const faults = new Faults(new Prng(mix(seed, 300)), settings.devices)
  for (const intent of script) {
    const devices = devicesOf(intent, settings)
    if (REVOCATIONS.has(intent.kind)) faults.aroundRevocation(intent.at, devices)
    else if (intent.kind === 'act') faults.aroundAction(intent.at)
  }
  return [...script, ...faults.intents].sort((one, other) => one.at - other.at)
}

class Faults {
  readonly intents: Intent[] = []
  readonly #prng: Prng
  readonly #everybody: readonly number[]

  constructor(prng: Prng, devices: number) {
    this.#prng = prng
    this.#everybody = Array.from({ length: devices }, (_, device) => device)
  }

  aroundAction(at: number): void {
    if (this.#prng.chance(CUTS)) this.#cut(at - 2_000, 4_000)
    if (this.#prng.chance(FAIL_OVERS)) this.#failOver(at)
  }

  aroundRevocation(at: number, devices: readonly number[]): void {
    if (this.#prng.chance(CUTS_AT_REVOCATION)) this.#cut(at - 1_500, 1_600)
    if (this.#prng.chance(FAIL_OVERS_AT_REVOCATION)) this.#failOver(at)
    this.#look(devices, at - 5_000, 4_500, LOOKS, 1)
    this.#look(devices, at - 300, 300, PAGES, REQUESTS_OF_PAGE)
  }

  #cut(from: number, within: number): void {
    const at = from + this.#prng.between(0, within)
    this.intents.push({ kind: 'cut', at, seed: this.#prng.whole() })
  }

  /** Everybody is there just before, so that there are renewals and logins to be lost, and just after. */
  #failOver(after: number): void {
    const at = after + this.#prng.between(0, 1_500)
    this.intents.push({ kind: 'failOver', at, seed: this.#prng.whole() })
    if (this.#prng.chance(0.5)) this.#beginAnew(at - 3_000)
    this.#look(this.#everybody, at - 2_500, 2_500, 2, 3)
    this.#look(this.#everybody, at, 8_000, 3, 1)
  }

  /** Somebody has a new browser, and logs in with it. */
  #beginAnew(at: number): void {
    const device = this.#prng.pick(this.#everybody)
    for (const kind of ['upgrade', 'logout'] as const) {
      this.intents.push({ kind, at, seed: this.#prng.whole(), device })
    }
  }

  #look(devices: readonly number[], from: number, within: number, times: number, requests: number): void {
    const prng = this.#prng
    for (const device of devices) {
      for (let time = 0; time < times; time += 1) {
        const [at, tab] = [from + prng.between(0, within), prng.between(0, 2)]
        this.intents.push({ kind: 'act', at, seed: prng.whole(), device, tab, requests })
      }
    }
  }
}

function devicesOf(intent: Intent, { devices, users }: Settings): number[] {
  if ('device' in intent) return [intent.device]
  const all = Array.from({ length: devices }, (_, device) => device)
  return 'user' in intent ? all.filter((device) => device % users === intent.user) : []
}
