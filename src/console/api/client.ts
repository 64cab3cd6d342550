import { createClient, inLocalStorage, newest, type SignedOutCode } from '../../client/index.ts'
import { Store } from '../state/store.ts'
import { problemOf, unreachable } from './problem.ts'

const KEY = 'sliding-jwt-console'

/** Why nobody is signed in; `elsewhere`: another tab signed out. */
export type Farewell = SignedOutCode | 'elsewhere' | 'signed-out'

/** Who the page is for: a new number with each session, so that nothing of one is shown to another. */
export type Presence =
  | { readonly kind: 'in'; readonly session: number }
  | { readonly kind: 'out'; readonly why: Farewell | undefined }

const client = createClient({
  baseUrl: new URL('../', location.href),
  storage: inLocalStorage(KEY),
  onSignedOut: (code) => leave(code ?? 'elsewhere'),
})

let sessions = 0
let known = client.token()

/** Goes up with each answer that says that the role does not permit something: it may have changed. */
export const forbidden = new Store(0)

export const presence = new Store<Presence>(known === undefined ? { kind: 'out', why: undefined } : enter())

/** Where another tab signs in, or in as somebody else, this one follows. */
addEventListener('storage', ({ key }) => {
  if (key !== KEY) return
  const before = known
  known = client.token()
  if (known !== undefined && (before === undefined || newest(before, known) !== known)) presence.set(enter())
})

function enter(): Presence {
  sessions += 1
  return { kind: 'in', session: sessions }
}

function leave(why: Farewell): void {
  known = undefined
  presence.set({ kind: 'out', why })
}

/** @throws Problem */
export async function signIn(username: string, password: string): Promise<void> {
  const response = await reach(client.login({ username, password }))
  if (!response.ok) throw await problemOf(response)
  known = client.token()
  presence.set(enter())
}

/** Signs out here in any case; where the server is not reached, the session itself lives on until it ends. */
export async function signOut(): Promise<void> {
  const answer = client.logout()
  leave('signed-out')
  await answer.catch(() => undefined)
}

export interface Call {
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: object
  readonly signal?: AbortSignal | undefined
}

/**
 * Calls the API; resolves to the JSON of the answer.
 *
 * @throws Problem
 */
export async function call<T>(path: string, { method, body, signal }: Call = {}): Promise<T> {
  const response = await reach(
    client.fetch(path, {
      method: method ?? 'GET',
      signal: signal ?? null,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    }),
  )
  if (response.status === 403) forbidden.set(forbidden.get() + 1)
  if (!response.ok) throw await problemOf(response)
  known = client.token()
  return response.status === 204 ? (undefined as T) : response.json()
}

async function reach(answer: Promise<Response>): Promise<Response> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable()
  }
}
