import type { MediumKind } from './designs/medium.ts'
import type { FingerprintName } from './fingerprint.ts'
import { latestAssumed, type NetworkProfile } from './network.ts'
import type { Prng } from './prng.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long the driver waits for the database while nothing comes. */
const LONGEST_SILENCE = 5 * SECOND

/** The rules of the engine in one world, in milliseconds. */
export interface Rules {
  readonly tokenTtl: number
  readonly idleTimeout: number
  readonly maxAge: number
  readonly grace: number
  readonly renewBefore: number
  readonly leeway: number
  readonly fingerprint: FingerprintName
  readonly maxSessionsPerUser: number
}

/** How many of a device's actions come with something else; 0.01 means one in a hundred. */
export interface Rates {
  readonly theft: number
  readonly logout: number
  readonly revoke: number
  readonly revokeUser: number
  readonly ban: number
  readonly role: number
  readonly move: number
  readonly upgrade: number
  readonly crash: number
  readonly restore: number
  readonly prune: number
  /** How many requests go to strict routes. */
  readonly strict: number
}

/** How often a user acts: pauses within a visit, actions in a visit, and the time between two visits. */
export interface Rhythm {
  readonly pause: number
  readonly visit: number
  readonly away: readonly number[]
}

/** Everything about a world that is not chance from one moment to the next. */
export interface Settings {
  readonly rules: Rules
  readonly users: number
  readonly devices: number
  /** At most so many actions of each device, and none after `span`. */
  readonly actions: number
  readonly span: number
  readonly rhythms: readonly Rhythm[]
  readonly network: NetworkProfile
  readonly rates: Rates
  /** How many devices break an assumption of the protocol on purpose: they are counted apart. */
  readonly exceptional: number
  /** How often the store says that a record is not in memory, so that the engine has to wait for it. */
  readonly hiddenPeeks: number
  readonly medium: MediumKind
  /** Servers on one database: one has a SQLite file, several share a PostgreSQL. */
  readonly nodes: number
}

/** A hard world: short limits, bad networks, many faults and thieves. Each has other rules. */
export function drawSettings(prng: Prng): Settings {
  const grace = prng.pick([30, 60]) * SECOND
  const tokenTtl = prng.pick([3, 5, 15]) * MINUTE
  const rules: Rules = {
    tokenTtl,
    grace,
    idleTimeout: prng.pick([3 * HOUR, DAY, 7 * DAY]),
    maxAge: prng.pick([12 * HOUR, 3 * DAY, 30 * DAY]),
    renewBefore: prng.pick([0, 0, 0, tokenTtl / 5]),
    leeway: prng.pick([0, 0, 5 * SECOND]),
    fingerprint: prng.pick(['balanced', 'balanced', 'balanced', 'strict', 'off']),
    maxSessionsPerUser: prng.pick([0, 0, 2]),
  }
  const away = [1.2 * tokenTtl, 3 * tokenTtl, 2 * HOUR, 9 * HOUR, 30 * HOUR]
  return {
    rules,
    users: 3,
    devices: 5,
    actions: 220,
    span: 20 * DAY,
    rhythms: [
      { pause: tokenTtl / 10, visit: 30, away },
      { pause: tokenTtl / 3, visit: 30, away },
      { pause: tokenTtl / 1.5, visit: 20, away },
      { pause: 2 * tokenTtl, visit: 20, away },
    ],
    network: { lost: 0.03, late: 0.3, latest: latestAssumed(grace) },
    rates: {
      theft: 0.012,
      logout: 0.002,
      revoke: 0.003,
      revokeUser: 0.001,
      ban: 0.001,
      role: 0.003,
      move: 0.02,
      upgrade: 0.003,
      crash: 0.004,
      restore: 0.0008,
      prune: 0.003,
      strict: 0.05,
    },
    exceptional: 0.15,
    hiddenPeeks: 0.3,
    medium: prng.chance(0.25) ? 'file' : 'memory',
    nodes: 1,
  }
}

/**
 * The same for several servers. Operations can take longer, as lines to the database fall silent, and the way of a
 * message must still be shorter than the grace. More is revoked, so that there is something to be late with.
 */
export function onNodes(nodes: number, settings: Settings): Settings {
  const { rules, network, rates } = settings
  const latest = Math.floor(0.4 * rules.grace) - LONGEST_SILENCE / 2
  return {
    ...settings,
    nodes,
    network: { ...network, latest },
    rates: { ...rates, revoke: 0.012, revokeUser: 0.004, logout: 0.004, restore: 0 },
  }
}

/** A plain world with the defaults of the package, in which designs are compared. */
export const ORDINARY: Settings = {
  rules: {
    tokenTtl: 15 * MINUTE,
    grace: MINUTE,
    idleTimeout: 7 * DAY,
    maxAge: 30 * DAY,
    renewBefore: 0,
    leeway: 0,
    fingerprint: 'balanced',
    maxSessionsPerUser: 0,
  },
  users: 4,
  devices: 4,
  actions: 3_000,
  span: 35 * DAY,
  rhythms: [
    { pause: 2 * MINUTE, visit: 20, away: [20 * MINUTE, 2 * HOUR, 5 * HOUR, 15 * HOUR] },
    { pause: 5 * MINUTE, visit: 12, away: [20 * MINUTE, 2 * HOUR, 5 * HOUR, 15 * HOUR] },
    { pause: MINUTE, visit: 5, away: [45 * MINUTE, 3 * HOUR, 6 * HOUR, 15 * HOUR, 60 * HOUR] },
  ],
  network: { lost: 0.005, late: 0.02, latest: 20 * SECOND },
  rates: {
    theft: 0.01,
    logout: 0.0005,
    revoke: 0.0002,
    revokeUser: 0,
    ban: 0,
    role: 0,
    move: 0.01,
    upgrade: 0.0005,
    crash: 0.0002,
    restore: 0,
    prune: 0,
    strict: 0,
  },
  exceptional: 0,
  hiddenPeeks: 0,
  medium: 'file',
  nodes: 1,
}
