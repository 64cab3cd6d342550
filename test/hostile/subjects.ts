import type { IncomingMessage } from 'node:http'
import type { Request } from 'express'
import fc, { type Arbitrary } from 'fast-check'
import { readCredential } from '../../src/express/read-request.ts'
import { ConfigurationError, SlidingSessionError } from '../../src/index.ts'
import { parseDuration } from '../../src/protocol/duration.ts'
import { readFingerprint } from '../../src/protocol/fingerprint.ts'
import { normaliseIp, sameNetwork } from '../../src/protocol/ip.ts'
import { readPolicy } from '../../src/protocol/policy.ts'
import { parseUserAgent, USER_AGENT_LENGTH } from '../../src/protocol/user-agent.ts'
import { readCursor } from '../../src/server/cursor.ts'
import { createUserBody, loginBody, readBody, updateUserBody } from '../../src/server/schemas.ts'
import { keyringOfSecrets } from '../../src/tokens/keyring.ts'
import { verifyToken } from '../../src/tokens/verify.ts'
import { forge, SECRET } from '../support/forge.ts'
import { policyOf, T0 } from '../support/records.ts'

/** A piece of code that reads what strangers send; `check` throws where it does not keep its word. */
export interface Subject {
  readonly name: string
  /** How often it is called, for each hundred calls in all. */
  readonly share: number
  readonly inputs: Arbitrary<unknown>
  readonly check: (input: never) => void | Promise<void>
  /** Called when all inputs were checked. */
  readonly end?: () => Promise<void>
}

function subject<T>(name: string, share: number, inputs: Arbitrary<T>, check: (input: T) => void): Subject {
  return { name, share, inputs, check }
}

let calls = 0

const KEYRING = keyringOfSecrets(SECRET)
const POLICY = policyOf()
const BALANCED = readFingerprint('balanced')

const BODIES = { login: loginBody, createUser: createUserBody, updateUser: updateUserBody }

const text = fc.string({ unit: 'binary', maxLength: 200 })
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 })
const base64url = fc.stringMatching(/^[A-Za-z0-9_-]{0,80}$/)
const json = fc.jsonValue({ maxDepth: 3 })
const segment = fc.oneof(
  base64url,
  json.map((value) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')),
)

const members = (...names: string[]) =>
  fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 8 })), json, { maxKeys: 6 })
const payloads = members(
  'jti',
  'sub',
  'gen',
  'iat',
  'exp',
  'auth_time',
  'iss',
  'aud',
  'nbf',
  '__proto__',
  'role',
)
const headers = members('alg', 'kid', 'typ', 'crit', 'jku', 'jwk', 'x5u', 'x5c', 'b64', '__proto__')

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((ip) => `::ffff:${ip}`),
  fc.ipV4Extended(),
  ascii,
)
const userAgent = fc.oneof(
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
const anything = fc.anything({ maxDepth: 2, withBigInt: true, withDate: true, withMap: true })

/** Everything that reads what strangers send, before and behind HTTP. */
export const SUBJECTS: readonly Subject[] = [
  subject(
    'the bearer parser',
    20,
    fc.oneof(
      ascii,
      ascii.map((rest) => `Bearer ${rest}`),
      segment.map((part) => `bearer  ${part}`),
    ),
    (authorization) => {
      const rawHeaders = ['authorization', authorization]
      const credential = readCredential({
        headers: { authorization },
        rawHeaders,
      } as unknown as IncomingMessage)
      const isRight =
        typeof credential === 'string'
          ? !/[ ,\t]/.test(credential) && credential !== ''
          : credential.kind !== 'verified'
      if (!isRight) throw new Error(`read ${JSON.stringify(credential)}`)
    },
  ),
  subject(
    'tokens of any form',
    15,
    fc.oneof(
      ascii,
      fc.array(segment, { maxLength: 5 }).map((parts) => parts.join('.')),
    ),
    (token) => {
      if (verifyToken(token, T0, POLICY, KEYRING).kind === 'verified') throw new Error('verified')
    },
  ),
  subject('tokens with a right signature and any payload', 10, payloads, (payload) => {
    const presented = verifyToken(forge({ payload }), T0, POLICY, KEYRING)
    if (presented.kind !== 'verified') return
    const { jti, gen, userId, expiresAt } = presented.token
    const isRight =
      /^[\w-]{22}$/.test(jti) &&
      Number.isSafeInteger(gen) &&
      gen >= 0 &&
      userId !== '' &&
      Number.isFinite(expiresAt)
    if (!isRight || Object.hasOwn(payload, 'iss') || Object.hasOwn(payload, 'aud'))
      throw new Error('verified')
  }),
  subject('tokens with a right signature and any header', 10, headers, (header) => {
    const presented = verifyToken(forge({ header }), T0, POLICY, KEYRING)
    if (presented.kind === 'verified' && Object.keys(header).length > 0) throw new Error('verified')
  }),
  subject('addresses', 15, fc.tuple(address, address), ([one, other]) => {
    const [a, b] = [normaliseIp(one), normaliseIp(other)]
    if (normaliseIp(a) !== a || sameNetwork(a, b) !== sameNetwork(b, a)) throw new Error(`${a} and ${b}`)
  }),
  subject('user agents', 7, fc.tuple(userAgent, userAgent), ([one, other]) => {
    // Never twice the same, as what was parsed is remembered.
    calls += 1
    const [a, b] = [one, other].map((agent) => `${calls} ${agent}`.slice(0, USER_AGENT_LENGTH)) as [
      string,
      string,
    ]
    parseUserAgent(a)
    if (BALANCED?.accepts({ ip: '', userAgent: a }, { ip: '', userAgent: a }) !== true)
      throw new Error('itself refused')
    BALANCED.accepts({ ip: '', userAgent: a }, { ip: '', userAgent: b })
  }),
  subject(
    'bodies',
    9,
    fc.tuple(
      fc.constantFrom<keyof typeof BODIES>('login', 'createUser', 'updateUser'),
      fc.oneof(
        anything,
        json,
        members('username', 'password', 'role', 'disabled', '__proto__', 'constructor'),
      ),
    ),
    ([schema, body]) =>
      refusing(SlidingSessionError, () =>
        readBody({ body, is: () => 'json' } as unknown as Request, BODIES[schema] as typeof loginBody),
      ),
  ),
  subject(
    'cursors',
    5,
    fc.oneof(
      ascii,
      base64url,
      json.map((value) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')),
    ),
    (cursor) => refusing(SlidingSessionError, () => readCursor('user', cursor)),
  ),
  subject(
    'options',
    5,
    fc.record(
      { tokenTtl: anything, maxAge: anything, fingerprint: anything, issuer: anything, cacheSize: anything },
      { requiredKeys: [] },
    ),
    (options) => {
      parseDuration(options.tokenTtl)
      refusing(ConfigurationError, () => readPolicy(options as object))
    },
  ),
]

/** Bad input is refused by an error with a code, and by no other. */
function refusing(kind: new (...args: never[]) => Error, act: () => unknown): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof kind)) throw error
  }
}
