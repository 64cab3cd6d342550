import fc from 'fast-check'
import { ERRORS } from '../../src/protocol/errors.ts'
import { type Damage, damaged, damages } from './damage.ts'
import { bytesOf, type HostileRequest, hostileRequest } from './requests.ts'
import { type HostileServer, parseAnswer, type RawAnswer, startHostileServer, type Victim } from './server.ts'
import type { Subject } from './subjects.ts'

/** After so many requests a new server begins, as what they add and lock out is kept. */
const REQUESTS_PER_SERVER = 400

/** What anybody may see: the probes, metrics, the documents, the public keys, and the console's page and files. */
const PUBLIC = /^\/(healthz|readyz|console|metrics|openapi\.json|docs|\.well-known\/jwks\.json)(\/|\?|$)/i

const LETS_IN: ReadonlySet<HostileRequest['sender']> = new Set([
  'user',
  'admin',
  'expired user',
  'expired admin',
])

/** Sends hostile requests to real servers, one after another. */
export class Wire {
  #server: HostileServer | undefined
  #sent = 0

  /** Sends one request, and throws where its answer is not as it should be; else tells the answer. */
  async check(request: HostileRequest): Promise<string> {
    const server = await this.#current()
    const bytes = await bytesFor(request, server)
    const answer = await server.raw(bytes, request.framing === 'more than there is')
    const parsed = parseAnswer(answer)
    const complaint =
      server.faults.splice(0)[0] ??
      (parsed === undefined ? unanswered(request, answer) : wrongWith(parsed, request))
    if (complaint !== undefined) throw new Error(`${complaint}: ${answer.slice(0, 2_000)}`)
    return nameOf(parsed)
  }

  /** Sends what is left of a request, of which there may be none or two, and then no more. */
  async checkBroken(request: HostileRequest, places: readonly Damage[]): Promise<string> {
    const server = await this.#current()
    const bytes = damaged(await bytesFor(request, server), places)
    const answer = await server.raw(bytes, true)
    const complaint = server.faults.splice(0)[0] ?? wrongWithBroken(answer, request)
    if (complaint !== undefined) throw new Error(`${complaint}: ${answer.slice(0, 2_000)}`)
    return nameOf(parseAnswer(answer))
  }

  async close(): Promise<void> {
    await this.#server?.close()
    this.#server = undefined
  }

  /** Every other server believes `X-Forwarded-For`. */
  #isBehindProxy(): boolean {
    return Math.floor(this.#sent / REQUESTS_PER_SERVER) % 2 === 1
  }

  async #current(): Promise<HostileServer> {
    if (this.#sent % REQUESTS_PER_SERVER === 0) await this.close()
    this.#sent += 1
    this.#server ??= await startHostileServer(this.#isBehindProxy())
    return this.#server
  }
}

const wire = new Wire()

/** The whole server behind a port: whatever comes in, the answer is one, and one of those it may give. */
export const wireSubject: Subject = {
  name: 'the server, over sockets',
  share: 4,
  inputs: hostileRequest,
  check: (request: HostileRequest) => wire.check(request),
  end: () => wire.close(),
}

const broken = new Wire()

/** The same for what is hardly a request any more. */
export const brokenSubject: Subject = {
  name: 'the server, over sockets, broken requests',
  share: 1,
  inputs: fc.tuple(hostileRequest, damages),
  check: ([request, places]: [HostileRequest, readonly Damage[]]) => broken.checkBroken(request, places),
  end: () => broken.close(),
}

async function bytesFor(request: HostileRequest, server: HostileServer): Promise<Uint8Array> {
  const victim = await server.addVictim(/admin/.test(request.sender) ? 'admin' : 'user')
  const target = request.target.replace('{id}', victim.userId).replace('{jti}', victim.jti)
  return bytesOf({ ...request, target }, authorizationOf(request, victim))
}

/** Status, and the code of a problem document. */
function nameOf(answer: RawAnswer | undefined): string {
  if (answer === undefined) return 'no answer'
  const { status, headers, body } = answer
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') && body !== ''
  return isProblem ? `${status} ${JSON.parse(body).code}` : `${status}`
}

function authorizationOf({ sender, place }: HostileRequest, { fresh, expired }: Victim): string[] {
  if (sender === 'nobody') return []
  if (sender === 'stammerer') return [`Authorization: Bearer ${fresh}`, `Authorization: Bearer ${fresh}`]
  const token = sender.startsWith('expired') ? expired : fresh
  return [`Authorization: Bearer ${sender === 'forger' ? changed(token, place) : token}`]
}

/** Another token, with one character changed. */
function changed(token: string, place: number): string {
  const at = place % token.length
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
}

/** A connection may end without an answer only where the server waited for a body that did not come. */
function unanswered({ framing }: HostileRequest, answer: string): string | undefined {
  return answer === '' && framing === 'more than there is' ? undefined : 'no answer'
}

function wrongWith({ status, headers, body, rest }: RawAnswer, request: HostileRequest): string | undefined {
  const { sender, target, method } = request
  if (status >= 500) return 'an error of the server'
  if (rest !== '') return 'more than one answer'
  if (headers.has('x-injected') || headers.has('set-cookie')) return 'a header of the client’s'
  if (headers.has('x-jwt') && !sender.startsWith('expired')) return 'a token'
  const isIn = status < 300 && method !== 'OPTIONS' && !PUBLIC.test(target)
  if (isIn && !LETS_IN.has(sender)) return 'let in'
  if (isIn && sender.endsWith('user') && /^\/admin/i.test(target)) return 'let in as an admin'
  if (status === 417) return undefined // Node itself, before any code of ours
  return status < 400 || body === '' ? undefined : wrongWithProblem(status, headers, body)
}

function wrongWithProblem(
  status: number,
  headers: ReadonlyMap<string, string>,
  body: string,
): string | undefined {
  if (!headers.get('content-type')?.startsWith('application/problem+json')) return 'no problem document'
  const { code, status: said } = JSON.parse(body)
  if (!Object.hasOwn(ERRORS, code) || said !== status) return 'a problem document with another code or status'
  if (/node_modules|\.ts:| {4}at /.test(body)) return 'something of the inside'
  return (status === 401) === headers.has('www-authenticate') || status === 403 ? undefined : 'no challenge'
}

/** Where requests are broken nobody knows what they ask for: no error, no token, nothing for strangers. */
function wrongWithBroken(answer: string, { sender }: HostileRequest): string | undefined {
  if (answer !== '' && !answer.startsWith('HTTP/1.1 ')) return 'no answer of HTTP'
  if (/^HTTP\/1\.1 5/m.test(answer)) return 'an error of the server'
  if (/^(x-injected|set-cookie):/im.test(answer)) return 'a header of the client’s'
  if (/^x-jwt:/im.test(answer) && !sender.startsWith('expired')) return 'a token'
  if (/node_modules|\.ts:| {4}at /.test(answer)) return 'something of the inside'
  const isStranger = sender === 'nobody' || sender === 'forger'
  return isStranger && /^HTTP\/1\.1 2/m.test(answer) && answer.includes('"username":') ? 'let in' : undefined
}
