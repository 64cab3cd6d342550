import fc from 'fast-check'
import { payloadOf } from '../support/forge.ts'

const text = fc.string({ unit: 'binary', maxLength: 200 })
export const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 })
export const base64url = fc.stringMatching(/^[A-Za-z0-9_-]{0,80}$/)
export const json = fc.jsonValue({ maxDepth: 3 })
export const segment = fc.oneof(
  base64url,
  json.map((value) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')),
)

export const members = (...names: string[]) =>
  fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 8 })), json, { maxKeys: 6 })
/** A right payload, in which some claims are another value, or missing. */
export const payloads = fc
  .tuple(
    members('jti', 'sub', 'gen', 'iat', 'exp', 'auth_time', 'nbf', '__proto__', 'role'),
    fc.dictionary(
      fc.constantFrom('gen', 'iat', 'exp', 'auth_time', 'nbf'),
      fc.oneof(fc.double(), fc.maxSafeInteger()),
      {
        maxKeys: 2,
      },
    ),
    fc.option(fc.dictionary(fc.constantFrom('iss', 'aud'), json, { maxKeys: 1 }), { nil: {}, freq: 4 }),
  )
  .map(([some, numbers, strangers]) => ({ ...payloadOf(), ...some, ...numbers, ...strangers }))

export const headers = members('alg', 'kid', 'typ', 'crit', 'jku', 'jwk', 'x5u', 'x5c', 'b64', '__proto__')

export const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((ip) => `::ffff:${ip}`),
  fc.ipV4Extended(),
  ascii,
)
/** Two addresses that differ in their last character. */
export const neighbours = fc
  .tuple(address, fc.constantFrom('', '0', '1', 'f', ':', '.'))
  .map(([one, end]) => [one, one.slice(0, -1) + end])

export const userAgent = fc.oneof(
  text,
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'Mozilla/5.0',
          '(',
          ')',
          ';',
          'Chrome/',
          'Version/',
          'Safari',
          'Linux',
          'iPhone',
          '1.',
          '/',
        ),
        ascii,
      ),
      { maxLength: 80 },
    )
    .map((parts) => parts.join(' ')),
  fc.tuple(ascii, fc.nat(400)).map(([part, times]) => part.repeat(times % 40)),
)
export const anything = fc.anything({ maxDepth: 2, withBigInt: true, withDate: true, withMap: true })

const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: anything })
const credentials = { username: mostly(ascii), password: mostly(text) }
const rights = { role: mostly(fc.constantFrom('user', 'admin')), disabled: mostly(fc.boolean()) }

/** A body of which each member is there or not, and right or not. */
export const nearlyRightBody = fc.oneof(
  fc.record(credentials),
  fc.record({ ...credentials, role: rights.role }, { requiredKeys: ['username', 'password'] }),
  fc.record({ ...rights, password: credentials.password }, { requiredKeys: [] }),
  fc.record({ ...credentials, ...rights }, { requiredKeys: [] }),
)

/** A duration nearly as it is written, or a number; else what is given. */
export const durationOr = (other: fc.Arbitrary<unknown>) =>
  fc.oneof(
    fc
      .tuple(fc.nat(100_000), fc.constantFrom('', 'ms', 's', 'm', 'h', 'd', 'y'))
      .map(([n, unit]) => `${n}${unit}`),
    fc.double(),
    other,
  )
