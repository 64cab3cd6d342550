import { inMemory, type TokenStorage } from './in-memory.ts'
import { inWebStorage } from './in-web-storage.ts'
import { isSameSession, newest } from './newest.ts'

/** How long a page that has just started waits for what the other tabs know, in milliseconds. */
const PATIENCE_MS = 50

/** What tabs tell each other: a change, or at the start a question, and the answers to it. */
interface Message {
  readonly kind: 'change' | 'question' | 'answer'
  readonly token: string | undefined
  /** The token that was there before a change. */
  readonly before?: string | undefined
}

/** Whether a tab that keeps `mine` goes along with what another one tells. */
type Follows = (mine: string | undefined, message: Message) => boolean

/**
 * One session for all tabs, told through a `BroadcastChannel`: a login, a newer token and a logout reach each
 * tab, and a new tab asks the others. Over memory, which is the default, the token is nowhere on disk and gone
 * with the last tab.
 */
export function shared(storage: TokenStorage = inMemory(), channelName = 'sliding-jwt'): TokenStorage {
  return overChannel(
    storage,
    channelName,
    (mine, { kind, token }) =>
      kind !== 'answer' || !mine || (token !== undefined && isSameSession(mine, token)),
  )
}

/**
 * Keeps the token in `sessionStorage` under `key`: each tab has a session of its own, across reloads. A tab that
 * was duplicated or opened again has the token of another one; such tabs are kept in step.
 */
export function inSessionStorage(key = 'sliding-jwt'): TokenStorage {
  return overChannel(inWebStorage('sessionStorage', key), `${key} of one tab`, (mine, { token, before }) => {
    const theirs = token ?? before
    return mine !== undefined && theirs !== undefined && isSameSession(mine, theirs)
  })
}

function overChannel(storage: TokenStorage, channelName: string, follows: Follows): TokenStorage {
  if (typeof BroadcastChannel === 'undefined') return storage
  const listeners: (() => void)[] = []
  const channel = new BroadcastChannel(channelName)
  // In Node an open channel would keep the process alive.
  ;(channel as { unref?(): void }).unref?.()
  const mine = (): string | undefined => storage.get() || undefined
  const tell = (message: Message): void => channel.postMessage(message)

  const started = Promise.withResolvers<void>()
  const own = mine()
  // Where no answer would be followed, there is nothing to ask and nothing to wait for.
  if (follows(own, { kind: 'answer', token: own })) {
    tell({ kind: 'question', token: own })
    setTimeout(started.resolve, PATIENCE_MS)
  } else {
    started.resolve()
  }
  channel.onmessage = ({ data }: { data: Message }) => {
    hear(data)
    if (data.kind === 'answer') started.resolve()
  }

  function hear(message: Message): void {
    const own = mine()
    if (!follows(own, message)) return
    const { kind, token } = message
    if (kind === 'question') {
      if (own !== undefined && own !== token) tell({ kind: 'answer', token: own })
    } else if (!isOlder(own, token)) {
      storage.set(token)
      for (const listener of listeners) listener()
    } else if (own !== token) {
      tell({ kind: 'change', token: own, before: token })
    }
  }

  return {
    get: () => storage.get(),
    set(token) {
      const before = mine()
      storage.set(token)
      tell({ kind: 'change', token, before })
    },
    subscribe: (listener) => {
      listeners.push(listener)
    },
    ready: started.promise,
  }
}

/** Whether what another tab tells is an older token of the session that this tab has, or the same. */
function isOlder(own: string | undefined, theirs: string | undefined): boolean {
  return own !== undefined && theirs !== undefined && newest(theirs, own) === own
}
