import { mix, Prng } from './prng.ts'
import type { Rhythm, Settings } from './settings.ts'
import { BEGINNING } from './timeline.ts'

/** How a thief goes about it. */
export interface TheftPlan {
  /** The token that the device holds, or one of its former ones (from a log, a backup, a cache). */
  readonly what: 'current' | 'old'
  readonly fingerprint: 'same' | 'other'
  /** The first use: at once, at the very expiry, when the owner's grace is over, or much later. */
  readonly moment: 'now' | 'expiry' | 'afterGrace' | 'late'
  /**
   * `once`: used once. `burst`: several requests at once, now and then. `eager`: like a client.
   * `patient`: once per lifetime, when the token has expired, never while it is fresh.
   */
  readonly strategy: 'once' | 'burst' | 'eager' | 'patient'
}

/**
 * Something that somebody or fate decides to do. Each carries a seed of its own for what follows from it (delays,
 * losses, retries), so that a history stays the same where others are left out of it.
 */
export type Intent = { readonly at: number; readonly seed: number } & (
  | { readonly kind: 'act'; readonly device: number; readonly tab: number; readonly requests: number }
  | { readonly kind: 'steal'; readonly device: number; readonly plan: TheftPlan }
  | { readonly kind: 'logout' | 'revoke' | 'move' | 'upgrade'; readonly device: number }
  | { readonly kind: 'revokeUser' | 'ban' | 'role'; readonly user: number }
  | { readonly kind: 'crash' | 'prune' | 'copy' | 'restore' }
  /** Of several servers and their database. */
  | { readonly kind: 'cut' | 'failOver' }
)

type Deed = Intent extends infer I ? (I extends Intent ? Omit<I, 'at' | 'seed'> : never) : never

/** Writes what will be done in a world, in the order of time. */
export function writeScript(seed: number, settings: Settings): Intent[] {
  const script: Intent[] = []
  for (let device = 0; device < settings.devices; device += 1) {
    const prng = new Prng(mix(seed, 100 + device))
    const add = (at: number, deed: Deed) => script.push({ ...deed, at, seed: prng.whole() } as Intent)
    followDevice(device, prng, settings, add)
  }
  return script.sort((one, other) => one.at - other.at)
}

type Add = (at: number, deed: Deed) => void

function followDevice(device: number, prng: Prng, settings: Settings, add: Add): void {
  const rhythm = prng.pick(settings.rhythms)
  const isSpared = prng.chance(0.4)
  const end = BEGINNING + settings.span
  let at = BEGINNING + prng.between(0, 600_000)
  for (let done = 0; done < settings.actions && at < end; done += 1) {
    act(at, device, prng, add)
    accompany(at, device, isSpared, prng, settings, add)
    at += pauseAfter(prng, rhythm)
  }
}

/** One or several requests at once, sometimes from two tabs. */
function act(at: number, device: number, prng: Prng, add: Add): void {
  const requests = prng.pick([1, 1, 1, 1, 2, 2, 3, 6])
  const tab = prng.between(0, 2)
  add(at, { kind: 'act', device, tab, requests })
  if (prng.chance(0.2)) {
    const other = (tab + 1) % 3
    add(at + prng.between(0, 800), { kind: 'act', device, tab: other, requests: prng.between(1, 3) })
  }
}

function pauseAfter(prng: Prng, { pause, visit, away }: Rhythm): number {
  return prng.chance(1 / visit) ? Math.round(prng.pick(away) * (0.5 + prng.unit())) : prng.around(pause)
}

/** What happens around a device beside its own actions. */
function accompany(at: number, device: number, isSpared: boolean, prng: Prng, settings: Settings, add: Add) {
  const { rates, users, rules } = settings
  const soon = () => at + prng.between(0, rules.tokenTtl)
  const user = device % users
  if (prng.chance(rates.theft) && !isSpared) add(soon(), { kind: 'steal', device, plan: planTheft(prng) })
  for (const kind of ['logout', 'revoke', 'move', 'upgrade'] as const) {
    if (prng.chance(rates[kind])) add(soon(), { kind, device })
  }
  for (const kind of ['revokeUser', 'ban', 'role'] as const) {
    if (prng.chance(rates[kind])) add(soon(), { kind, user })
  }
  for (const kind of ['crash', 'prune'] as const) {
    if (prng.chance(rates[kind])) add(soon(), { kind })
  }
  if (prng.chance(rates.restore)) {
    add(at, { kind: 'copy' })
    add(at + prng.between(1_000, 4 * rules.tokenTtl), { kind: 'restore' })
  }
}

function planTheft(prng: Prng): TheftPlan {
  return {
    what: prng.chance(0.85) ? 'current' : 'old',
    fingerprint: prng.chance(0.75) ? 'same' : 'other',
    moment: prng.pick(['now', 'now', 'expiry', 'expiry', 'afterGrace', 'late']),
    strategy: prng.pick(['once', 'burst', 'eager', 'patient', 'patient', 'patient']),
  }
}
