import type { AxiosResponse } from 'axios'

/** Where fetched answers came from after redirects, by request: axios does not tell. */
const finalUrls = new WeakMap<object, string>()

type Fetch = typeof fetch

/** The noting fetch of each fetch, and of itself: axios builds an adapter for every fetch it meets. */
const noters = new WeakMap<object, Fetch>()

/**
 * A fetch that notes where its answers came from, and is the same device to the server as any other fetch:
 * axios would give it a `User-Agent` of its own, which Firefox and Node really send.
 */
export function noting(own: unknown): Fetch {
  const plain: Fetch = typeof own === 'function' ? (own as Fetch) : globalThis.fetch
  const known = noters.get(plain)
  if (known !== undefined) return known
  const noter: Fetch = async (request, init) => {
    if (!(request instanceof Request)) return plain(request, init)
    if (request.headers.get('user-agent')?.startsWith('axios/')) request.headers.delete('user-agent')
    const answer = await plain(request, init)
    finalUrls.set(request, answer.url)
    return answer
  }
  noters.set(plain, noter)
  noters.set(noter, noter)
  return noter
}

/** Where an answer came from after redirects, as XMLHttpRequest, axios's Node adapter or our fetch tell. */
export function finalUrlOf({ request }: AxiosResponse): string {
  return request?.responseURL || request?.res?.responseUrl || (request && finalUrls.get(request)) || ''
}

/** The body of a problem document, as whatever `responseType` has made of it. */
export async function bodyOf(data: unknown): Promise<unknown> {
  const isRaw = typeof data === 'string' || data instanceof ArrayBuffer || ArrayBuffer.isView(data)
  if (isRaw || (typeof Blob === 'function' && data instanceof Blob))
    return new Response(data as string).json()
  return data
}

/** One header; null where it is not there, or no text. */
export function headerText(header: unknown): string | null {
  return typeof header === 'string' ? header : null
}
