import { inMemory, type TokenStorage } from './in-memory.ts'

type Area = 'localStorage' | 'sessionStorage'

/** Keeps the token in a web storage; in memory where that is denied, and while it is full. */
export function inWebStorage(name: Area, key: string): TokenStorage {
  const area = areaOf(name)
  const memory = inMemory()
  return {
    get: () => memory.get() ?? area?.getItem(key),
    set(token) {
      memory.set(area ? undefined : token)
      try {
        if (token === undefined) area?.removeItem(key)
        else area?.setItem(key, token)
      } catch {
        memory.set(token)
      }
    },
  }
}

/** The storage; undefined where there is none, or the browser throws at the mere mention of it. */
function areaOf(name: Area): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined {
  try {
    return globalThis[name]
  } catch {
    return undefined
  }
}
