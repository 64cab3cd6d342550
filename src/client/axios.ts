import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { bodyOf, finalUrlOf, headerText, noting } from './axios-answer.ts'
import type { Client } from './client.ts'

/**
 * Makes an axios instance send the client's token, keep the latest `X-JWT` and report the end of the session.
 * The instance has its own `baseURL`; the token goes where the client's `baseUrl` says. Log in and out by the
 * client itself, in Node with `fetchBy`. Returns a function that takes the interceptors away.
 *
 * Where `baseUrl` has a path, browsers use axios's `fetch` adapter, unless the instance names another.
 */
export function addInterceptors(instance: AxiosInstance, client: Client): () => void {
  const { request, response } = instance.interceptors

  const before = request.use(async (config) => {
    const { headers, fetchOptions, env } = config
    const more = await client.authorize({
      url: urlOf(instance, config),
      redirect: fetchOptions?.redirect ?? 'follow',
      headers: {
        get: (name) => headerText(headers.get(name)),
        set: (name, value) => headers.set(name, value),
      },
    })
    dropTokenOutside(config, client)
    config.fetchOptions = { ...fetchOptions, ...more }
    // XMLHttpRequest follows every redirect, and takes the header along to another path of the origin.
    if (more.redirect !== undefined && Array.isArray(config.adapter)) {
      config.adapter = config.adapter.filter((name) => name !== 'xhr')
    }
    config.env = { ...env, fetch: noting(env?.fetch) }
    return config
  })

  const receive = (answer: AxiosResponse): Promise<void> => {
    const { config, status, data } = answer
    return client.receive(
      {
        url: finalUrlOf(answer),
        status,
        headers: { get: (name) => headerText(answer.headers[name]) },
        clone: () => ({ json: () => bodyOf(data) }),
      },
      {
        url: urlOf(instance, config),
        headers: { get: (name) => headerText(config.headers.get(name)), set: () => undefined },
      },
    )
  }

  const after = response.use(
    async (answer) => {
      await receive(answer)
      return answer
    },
    async (error) => {
      if (error?.response !== undefined) await receive(error.response)
      throw error
    },
  )

  return () => {
    request.eject(before)
    response.eject(after)
  }
}

/**
 * The `fetch` of a client whose own requests, such as the login, go out by an axios instance. Needed in Node,
 * where axios has another `User-Agent` than `fetch`: the server would take the two for different devices, and
 * refuse one of them with `fingerprint_mismatch`. Bodies are read whole.
 */
export function fetchBy(instance: AxiosInstance): (request: Request) => Promise<Response> {
  return async (request) => {
    const answer = await instance.request<ArrayBuffer>({
      url: request.url,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      data: request.body === null ? undefined : await request.arrayBuffer(),
      signal: request.signal,
      responseType: 'arraybuffer',
      validateStatus: () => true,
    })
    const headers = Object.entries(answer.headers).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, String(value)]),
    )
    const body = answer.data.byteLength > 0 ? answer.data : null
    const response = new Response(body, { status: answer.status, headers })
    return Object.defineProperty(response, 'url', { value: finalUrlOf(answer) || request.url })
  }
}

/** In Node, axios keeps the header at redirects within an origin, and older ones even to its subdomains. */
function dropTokenOutside(config: InternalAxiosRequestConfig, client: Client): void {
  const { beforeRedirect } = config
  config.beforeRedirect = (options, ...rest) => {
    if (!client.covers(options['href'])) {
      for (const name of Object.keys(options['headers'])) {
        if (name.toLowerCase() === 'authorization') delete options['headers'][name]
      }
    }
    beforeRedirect?.(options, ...rest)
  }
}

function urlOf(instance: AxiosInstance, config: InternalAxiosRequestConfig): string {
  const page = (globalThis as { location?: { readonly href: string } }).location?.href
  const uri = instance.getUri(config)
  return URL.canParse(uri, page) ? new URL(uri, page).href : uri
}
