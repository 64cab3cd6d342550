import createClient from 'openapi-fetch'
import type { paths } from './api.ts'

/**
 * A client whose paths, bodies and answers are typed by the OpenAPI document. It keeps the one rule: the latest
 * `X-JWT` of any answer is the token of the next request.
 */
export function typedClient(baseUrl: string) {
  const client = createClient<paths>({ baseUrl })
  let token: string | null = null
  client.use({
    onRequest({ request }) {
      if (token !== null) request.headers.set('Authorization', `Bearer ${token}`)
      return request
    },
    onResponse({ response }) {
      token = response.headers.get('X-JWT') ?? token
    },
  })
  return client
}
