import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** The header in which a new token goes out. */
export const TOKEN_HEADER = 'X-JWT'

/** A token on its way out. */
interface Outgoing {
  token: string | undefined
  /** Asked when the headers are written: false where the session was revoked meanwhile. */
  isCurrent: () => boolean
}

const outgoing = new WeakMap<ServerResponse, Outgoing>()

/**
 * Sends a token with whatever the route answers. The headers are set when they are written, so that no
 * handler, no error handler and no `cors` middleware can undo them; a later token takes the place of an
 * earlier one.
 */
export function sendToken(res: ServerResponse, token: string, isCurrent: () => boolean): void {
  refuseSent(res)
  const isHooked = outgoing.has(res)
  outgoing.set(res, { token, isCurrent })
  if (!isHooked) hookWriteHead(res)
}

/** Throws where a token cannot go out any more. */
export function refuseSent(res: ServerResponse): void {
  if (res.headersSent) throw new Error('The headers are already sent: a token cannot go out any more.')
}

/** Takes back a token that has not gone out yet. */
export function withholdToken(res: ServerResponse): void {
  const waiting = outgoing.get(res)
  if (waiting !== undefined) waiting.token = undefined
}

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[]
type Pair = [name: string, value: string | string[]]

/** Stays in place: where a head is refused as invalid, the error's answer has a head of its own. */
function hookWriteHead(res: ServerResponse): void {
  const writeHead = res.writeHead.bind(res) as (status: number, message?: string) => ServerResponse
  res.writeHead = (status: number, ...rest: (string | Headers | null | undefined)[]) => {
    const message = typeof rest[0] === 'string' ? rest[0] : undefined
    const headers = rest.find((part) => typeof part === 'object' && part !== null)
    if (headers !== undefined) setAll(res, headers as Headers)
    setTokenHeaders(res)
    return message === undefined ? writeHead(status) : writeHead(status, message)
  }
}

/** Headers given to `writeHead` directly: an object, a flat list, or a list of pairs. */
function setAll(res: ServerResponse, headers: Headers): void {
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value)
    return
  }
  const pairs = Array.isArray(headers[0]) ? (headers as unknown as Pair[]) : pairsOf(headers)
  for (const [name] of pairs) res.removeHeader(name)
  for (const [name, value] of pairs) res.appendHeader(name, value)
}

/** A flat list has names at its even places; a value may itself be a list. */
function pairsOf(flat: OutgoingHttpHeader[]): Pair[] {
  return flat.flatMap((name, place) => (place % 2 === 0 ? [[name, flat[place + 1]] as Pair] : []))
}

function setTokenHeaders(res: ServerResponse): void {
  const waiting = outgoing.get(res)
  if (waiting?.token === undefined || !waiting.isCurrent()) {
    res.removeHeader(TOKEN_HEADER)
    return
  }
  res.setHeader(TOKEN_HEADER, waiting.token)
  res.setHeader('Cache-Control', 'no-store')
  addToList(res, 'Access-Control-Expose-Headers', TOKEN_HEADER)
  addToList(res, 'Vary', 'Authorization')
}

/** Adds a word to a header that is a list, unless it is there. */
function addToList(res: ServerResponse, name: string, word: string): void {
  const list = [res.getHeader(name) ?? []].flat().join(', ')
  const words = list.split(',').map((entry) => entry.trim().toLowerCase())
  if (words.includes(word.toLowerCase())) return
  res.setHeader(name, list === '' ? word : `${list}, ${word}`)
}
