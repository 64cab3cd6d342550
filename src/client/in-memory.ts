/**
 * Where a client keeps its token. Whatever has `get` and `set` will do; both answer at once. A storage that
 * is slow (such as one of a phone) is read into memory first, and `ready` says when that is done.
 */
export interface TokenStorage {
  /** The token; null, undefined or an empty string where there is none. Asked at each request. */
  get(): string | null | undefined
  /** Keeps a token; undefined: there is none any more. */
  set(token: string | undefined): void
  /** Calls `listener` whenever somebody else, such as another tab, has changed the token. */
  subscribe?(listener: () => void): void
  /** No request goes out before this is settled. */
  readonly ready?: PromiseLike<unknown> | undefined
}

/** Keeps the token in this page or process alone: it is gone with a reload. The default. */
export function inMemory(): TokenStorage {
  let kept: string | undefined
  return {
    get: () => kept,
    set: (token) => {
      kept = token
    },
  }
}
