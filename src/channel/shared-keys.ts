import { createSecretKey, type KeyObject } from 'node:crypto'
import { ConfigurationError } from '../protocol/errors.ts'
import { show } from '../protocol/options.ts'

/** The keys that are shared with other servers, by their audience. Any of several is taken, so that they can be exchanged. */
export type SharedKeys = ReadonlyMap<string, readonly KeyObject[]>

/** One shared key, or two while it is being exchanged. */
export type SharedKeyOption = string | readonly string[]

/** As long as the hash (RFC 2104 section 3). */
const KEY_BYTES = 32

const KEY_FORM = `at least ${KEY_BYTES} bytes, or a list of such keys`
const RESOURCES_FORM = 'an object {"audience": "shared key"}, with a key of its own for each audience'
const AUDIENCE = /^[ !#-[\]-~]{1,200}$/

/**
 * Reads the keys of several servers.
 *
 * @throws ConfigurationError where a key is too short, or one key is given twice; it never tells a key.
 */
export function readSharedKeys(option: string, resources: unknown): SharedKeys {
  if (typeof resources !== 'object' || resources === null || Array.isArray(resources)) {
    throw new ConfigurationError(option, show(resources), RESOURCES_FORM)
  }
  const keys = new Map(
    Object.entries(resources).map(([audience, key]) => [
      readAudience(option, audience),
      readKeys(option, key),
    ]),
  )
  const all = [...keys.values()].flat()
  if (all.some((key, place) => all.slice(place + 1).some((other) => key.equals(other)))) {
    throw new ConfigurationError(option, 'one key twice', RESOURCES_FORM)
  }
  return keys
}

/**
 * Refuses keys of which one is shared: who holds it could sign tokens.
 *
 * @throws ConfigurationError
 */
export function refuseSigning(sharedKeys: SharedKeys, keys: readonly { readonly key: KeyObject }[]): void {
  const shared = [...sharedKeys.values()].flat()
  if (keys.some(({ key }) => shared.some((other) => key.equals(other)))) {
    throw new ConfigurationError('resources', 'a key that signs tokens', 'keys for nothing else')
  }
}

/** Reads one key, or several. */
export function readKeys(option: string, value: unknown): readonly KeyObject[] {
  const keys: unknown[] = [value].flat()
  if (keys.length === 0) throw new ConfigurationError(option, 'no key', KEY_FORM)
  return keys.map((key) => {
    const bytes = Buffer.from(typeof key === 'string' ? key : '')
    if (bytes.byteLength >= KEY_BYTES) return createSecretKey(bytes)
    throw new ConfigurationError(option, `a key of ${bytes.byteLength} bytes`, KEY_FORM)
  })
}

function readAudience(option: string, audience: string): string {
  if (AUDIENCE.test(audience)) return audience
  const takes = 'audiences of 1 to 200 printable ASCII characters without quotes or backslash'
  throw new ConfigurationError(option, show(audience), takes)
}
