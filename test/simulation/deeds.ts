import type { Device } from './device.ts'
import type { History } from './history.ts'
import type { Operator } from './operator.ts'
import { Prng } from './prng.ts'
import type { Intent } from './script.ts'
import { Thief, type ThiefParts } from './thief.ts'

interface DeedParts extends ThiefParts {
  readonly devices: readonly Device[]
  readonly operator: Operator
  readonly history: History | undefined
}

/** Has the right actor do what the script says. */
export function perform(intent: Intent, parts: DeedParts): void {
  const prng = new Prng(intent.seed)
  switch (intent.kind) {
    case 'act':
      deviceOf(intent, parts).act(intent.tab, intent.requests, prng)
      break
    case 'steal':
      steal(intent, prng, parts)
      break
    default:
      parts.history?.note(describe(intent))
      operate(intent, prng, parts)
  }
}

function operate(intent: Exclude<Intent, { kind: 'act' | 'steal' }>, prng: Prng, parts: DeedParts): void {
  const { operator } = parts
  switch (intent.kind) {
    case 'logout':
      operator.logout(deviceOf(intent, parts))
      break
    case 'revoke':
      operator.revoke(deviceOf(intent, parts))
      break
    case 'move':
      deviceOf(intent, parts).move(prng)
      break
    case 'upgrade':
      deviceOf(intent, parts).upgrade()
      break
    case 'revokeUser':
      operator.revokeUser(`user-${intent.user}`)
      break
    case 'ban':
      operator.ban(`user-${intent.user}`, prng)
      break
    case 'role':
      operator.changeRole(`user-${intent.user}`, prng)
      break
    case 'crash':
      operator.crash(prng)
      break
    case 'prune':
      operator.prune()
      break
    case 'copy':
      operator.copy()
      break
    case 'restore':
      operator.restore(prng)
      break
    case 'cut':
      operator.cut(prng)
      break
    case 'failOver':
      operator.failOver(prng)
      break
  }
}

function steal(intent: Intent & { kind: 'steal' }, prng: Prng, parts: DeedParts): void {
  const device = deviceOf(intent, parts)
  const thief = Thief.steal(device, intent.plan, prng, parts)
  if (thief === undefined) return
  const { name, plan, held } = thief.theft
  const how = `${plan.strategy}, ${plan.fingerprint} fingerprint`
  parts.history?.note(`${name} copies gen ${held.gen} from ${device.name} (${how})`)
}

function deviceOf({ device }: { readonly device: number }, { devices }: DeedParts): Device {
  return devices[device] as Device
}

function describe(intent: Intent): string {
  if ('device' in intent) return `* ${intent.kind} device ${intent.device}`
  return 'user' in intent ? `* ${intent.kind} user-${intent.user}` : `* ${intent.kind}`
}
