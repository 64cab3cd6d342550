import { type KeepingRule, Wallet } from './client.ts'
import type { NetworkProfile } from './network.ts'
import type { Prng } from './prng.ts'
import type { Settings } from './settings.ts'
import type { Settling } from './settling.ts'

/**
 * How a device breaks an assumption of the protocol, which is documented and counted apart. `private`: every tab
 * keeps a copy of its own. `slow`: messages take longer than the grace. `overwriting`: so they do, and a late answer
 * overwrites a newer token (on a faster line there is no such answer, as nothing hands out two tokens within grace).
 */
export type Exception = 'private' | 'overwriting' | 'slow'

const EXCEPTIONS: readonly Exception[] = ['private', 'overwriting', 'slow']

const TABS = 3

export function drawException(prng: Prng, { exceptional }: Settings): Exception | undefined {
  return prng.chance(exceptional) ? prng.pick(EXCEPTIONS) : undefined
}

/** The lines of a device. */
export function networkOf(exception: Exception | undefined, { network, rules }: Settings): NetworkProfile {
  const isSlow = exception === 'slow' || exception === 'overwriting'
  return isSlow ? { ...network, latest: 3 * rules.grace } : network
}

/** The storage of a device: one for all tabs, or one for each. */
export function walletsOf(exception: Exception | undefined, settling: Settling): Wallet[] {
  const rule: KeepingRule = exception === 'overwriting' ? 'overwrite' : 'latest'
  return Array.from({ length: exception === 'private' ? TABS : 1 }, () => new Wallet(rule, settling))
}
