import { createHash, createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Timestamp } from '../protocol/types.ts'

/** The headers of a signed request, in the letters in which Node reads them. */
export interface SignatureHeaders {
  /** RFC 9530. */
  readonly 'content-digest': string
  /** RFC 9421 section 4.1. */
  readonly 'signature-input': string
  /** RFC 9421 section 4.2. */
  readonly signature: string
}

/** What is signed of a request, beside the parameters of the signature. */
export interface Message {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly body: string | Uint8Array
}

/** The parameters of a signature (RFC 9421 section 2.3). */
export interface SignatureParameters {
  /** Whose key it is: the audience of the server that asks. */
  readonly audience: string
  /** When it was made, in seconds since 1970. */
  readonly created: number
  /** 128 random bits; each is taken once. */
  readonly nonce: string
}

/** One set of components, always the same, so that nothing can be left out. */
const COMPONENTS = '("@method" "@path" "content-digest")'
const PARAMETERS =
  /^renew=\("@method" "@path" "content-digest"\);created=(\d{1,12});nonce="([\w-]{22})";keyid="([ !#-[\]-~]{1,200})";alg="hmac-sha256"$/
const SIGNATURE = /^renew=:([A-Za-z0-9+/]{43}=):$/

/** Signs a request by HMAC SHA-256 (RFC 9421 section 3.3.3). */
export function signMessage(
  message: Message,
  audience: string,
  key: KeyObject,
  now: Timestamp,
): SignatureHeaders {
  const created = Math.floor(now / 1000)
  const parameters = write({ audience, created, nonce: randomBytes(16).toString('base64url') })
  const digest = digestOf(message.body)
  return {
    'content-digest': digest,
    'signature-input': `renew=${parameters}`,
    signature: `renew=:${macOf(message, digest, parameters, key).toString('base64')}:`,
  }
}

/** Reads the parameters of a signature, of which nothing is proved yet; undefined where they have another form. */
export function readParameters(input: unknown): SignatureParameters | undefined {
  const [, created, nonce, audience] = PARAMETERS.exec(typeof input === 'string' ? input : '') ?? []
  if (created === undefined || nonce === undefined || audience === undefined) return undefined
  return { audience, created: Number(created), nonce }
}

/** Whether a request was signed with one of the keys: its method, its path, its body and these parameters. */
export function isSigned(
  message: Message,
  parameters: SignatureParameters,
  signature: unknown,
  keys: readonly KeyObject[],
): boolean {
  const [, given] = SIGNATURE.exec(typeof signature === 'string' ? signature : '') ?? []
  if (given === undefined) return false
  const mac = Buffer.from(given, 'base64')
  return keys.some((key) =>
    timingSafeEqual(mac, macOf(message, digestOf(message.body), write(parameters), key)),
  )
}

function write({ audience, created, nonce }: SignatureParameters): string {
  return `${COMPONENTS};created=${created};nonce="${nonce}";keyid="${audience}";alg="hmac-sha256"`
}

/** The digest is made of the body that came, never taken from its header. */
function digestOf(body: string | Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
}

/** The signature base of RFC 9421 section 2.5. */
function macOf({ method, path }: Message, digest: string, parameters: string, key: KeyObject): Buffer {
  const base = [
    `"@method": ${method}`,
    `"@path": ${path}`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${parameters}`,
  ]
  return createHmac('sha256', key).update(base.join('\n')).digest()
}
