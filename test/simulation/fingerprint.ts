import type { Client } from '../../src/protocol/types.ts'
import type { Prng } from './prng.ts'

/** What a device truly is; the engine sees only the user agent and the address that follow from it. */
export interface Agent {
  /** `app`: an agent that no parser knows, which must stay the same to the letter. */
  readonly family: 'chrome' | 'firefox' | 'safari' | 'app'
  readonly version: number
  /** The network, and the host within it. */
  readonly network: number
  readonly host: number
}

const FAMILIES = ['chrome', 'firefox', 'safari', 'app'] as const

export function drawAgent(prng: Prng): Agent {
  return {
    family: prng.pick(FAMILIES),
    version: prng.between(100, 120),
    network: prng.between(0, 255),
    host: prng.between(1, 254),
  }
}

/** Somebody else's browser on another network. */
export function otherAgent(agent: Agent, prng: Prng): Agent {
  const family = prng.pick(FAMILIES.filter((other) => other !== agent.family))
  return { family, version: agent.version, network: (agent.network + 1) % 256, host: agent.host }
}

export function clientOf({ family, version, network, host }: Agent): Client {
  return { ip: `10.0.${network}.${host}`, userAgent: USER_AGENTS[family](version) }
}

const USER_AGENTS: Readonly<Record<Agent['family'], (version: number) => string>> = {
  chrome: (version) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`,
  firefox: (version) =>
    `Mozilla/5.0 (X11; Linux x86_64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`,
  safari: (version) =>
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version}.0 Mobile/15E148 Safari/604.1`,
  app: (version) => `field-service/${version}`,
}

export type FingerprintName = 'off' | 'balanced' | 'strict'

/** Whether the policy must accept a client: the rule once more, from what the devices truly are. */
export function mustAccept(policy: FingerprintName, reference: Agent, presented: Agent): boolean {
  if (policy === 'off') return true
  const isSameVersion = reference.version === presented.version
  if (reference.family !== presented.family) return false
  if (policy === 'strict') return isSameVersion && reference.network === presented.network
  return isSameVersion || (reference.family !== 'app' && presented.version > reference.version)
}
