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
import { Verifier } from '../../src/tokens/verifier.ts'
import { verifyToken } from '../../src/tokens/verify.ts'
import { forge, SECRET } from '../support/forge.ts'
import { policyOf, T0 } from '../support/records.ts'
import {
  address,
  anything,
  ascii,
  base64url,
  durationOr,
  headers,
  json,
  members,
  nearlyRightBody,
  neighbours,
  payloads,
  segment,
  userAgent,
} from './inputs.ts'

/** A piece of code that reads what strangers send. */
export interface Subject {
  readonly name: string
  /** How often it is called, for each hundred calls in all. */
  readonly share: number
  readonly inputs: Arbitrary<unknown>
  /** Tells the code of the answer, or its kind; throws where the word is not kept. */
  readonly check: (input: never) => string | Promise<string>
  /** Called when all inputs were checked. */
  readonly end?: () => Promise<void>
}

function subject<T>(name: string, share: number, inputs: Arbitrary<T>, check: (input: T) => string): Subject {
  return { name, share, inputs, check }
}

let calls = 0

const KEYRING = keyringOfSecrets(SECRET)
const POLICY = policyOf()
const BALANCED = readFingerprint('balanced')
const MEMORY = new Verifier(POLICY, KEYRING, 100)

const BODIES = { login: loginBody, createUser: createUserBody, updateUser: updateUserBody }

/** Everything that reads what strangers send, before and behind HTTP. */
export const SUBJECTS: readonly Subject[] = [
  subject(
    'the bearer parser',
    18,
    fc.tuple(
      fc.oneof(
        ascii,
        ascii.map((rest) => `Bearer ${rest}`),
        segment.map((part) => `bearer  ${part}`),
      ),
      fc.option(fc.constantFrom('authorization', 'Authorization', 'AUTHORIZATION'), { freq: 9 }),
    ),
    ([authorization, second]) => {
      const rawHeaders = ['Host', 'x', 'Authorization', authorization]
      if (second !== null) rawHeaders.push(second, 'Basic x')
      const credential = readCredential({
        headers: { authorization },
        rawHeaders,
      } as unknown as IncomingMessage)
      const isRight =
        typeof credential === 'string'
          ? second === null && !/[ ,\t]/.test(credential) && credential !== ''
          : credential.kind === 'malformed' || (credential.kind === 'missing' && second === null)
      if (!isRight) throw new Error(`read ${JSON.stringify(credential)}`)
      return typeof credential === 'string' ? 'a token' : credential.kind
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
      const { kind } = verifyToken(token, T0, POLICY, KEYRING)
      if (kind === 'verified') throw new Error('verified')
      return kind
    },
  ),
  subject('tokens with a right signature and any payload', 10, payloads, (payload) => {
    const presented = verifyToken(forge({ payload }), T0, POLICY, KEYRING)
    if (presented.kind !== 'verified') return presented.kind
    const { jti, gen, userId, issuedAt, expiresAt, authTime } = presented.token
    const isRight =
      /^[\w-]{22}$/.test(jti) &&
      [gen, issuedAt, expiresAt, authTime].every(Number.isSafeInteger) &&
      gen >= 0 &&
      typeof userId === 'string' &&
      userId !== ''
    const isOurs = payload['iss'] === 'sliding-jwt' && [payload['aud']].flat().includes('sliding-jwt')
    if (!isRight || !isOurs) throw new Error('verified')
    return presented.kind
  }),
  subject('the memory of verified tokens', 2, fc.tuple(payloads, fc.nat(1_000)), ([payload, place]) => {
    const token = forge({ payload })
    const at = place % token.length
    const other = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
    for (const presented of [token, other, token]) {
      const [remembered, anew] = [MEMORY.verify(presented, T0), verifyToken(presented, T0, POLICY, KEYRING)]
      if (JSON.stringify(remembered) !== JSON.stringify(anew))
        throw new Error(`remembered ${remembered.kind}`)
    }
    return verifyToken(token, T0, POLICY, KEYRING).kind
  }),
  subject('tokens with a right signature and any header', 10, headers, (header) => {
    const presented = verifyToken(forge({ header }), T0, POLICY, KEYRING)
    if (presented.kind === 'verified' && Object.keys(header).length > 0) throw new Error('verified')
    return presented.kind
  }),
  subject('addresses', 14, fc.oneof(fc.tuple(address, address), neighbours), ([one, other]) => {
    const [a, b] = [normaliseIp(one), normaliseIp(other)]
    if (normaliseIp(a) !== a || sameNetwork(a, b) !== sameNetwork(b, a)) throw new Error(`${a} and ${b}`)
    return sameNetwork(a, b) ? 'the same network' : 'other networks'
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
    return BALANCED.accepts({ ip: '', userAgent: a }, { ip: '', userAgent: b }) ? 'accepted' : 'refused'
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
        nearlyRightBody,
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
      ascii.map((place) => Buffer.from(`user:${place}`).toString('base64url')),
    ),
    (cursor) => refusing(SlidingSessionError, () => readCursor('user', cursor)),
  ),
  subject(
    'options',
    5,
    fc.record(
      {
        tokenTtl: durationOr(anything),
        maxAge: durationOr(anything),
        fingerprint: fc.oneof(fc.constantFrom('off', 'balanced', 'strict'), anything),
        issuer: fc.oneof(ascii, anything),
        cacheSize: fc.oneof(fc.nat(), anything),
      },
      { requiredKeys: [] },
    ),
    (options) => {
      parseDuration(options.tokenTtl)
      return refusing(ConfigurationError, () => readPolicy(options as object))
    },
  ),
]

/** Bad input is refused by an error with a code, and by no other. */
function refusing(kind: new (...args: never[]) => Error & { code: string }, act: () => unknown): string {
  try {
    act()
    return 'accepted'
  } catch (error) {
    if (!(error instanceof kind)) throw error
    return error.code
  }
}
