import { useEffect, useState } from 'preact/hooks'

/** The way through a list whose pages are told by cursors: each page knows the next one only. */
export interface Pages {
  readonly cursor: string | undefined
  readonly number: number
  next(cursor: string): void
  previous(): void
}

/** Begins anew at the first page whenever `key` changes. */
export function usePages(key: string): Pages {
  const [state, setState] = useState<{ key: string; cursors: readonly string[] }>({ key, cursors: [] })
  const cursors = state.key === key ? state.cursors : []
  useEffect(() => setState({ key, cursors: [] }), [key])
  return {
    cursor: cursors.at(-1),
    number: cursors.length + 1,
    next: (cursor) => setState({ key, cursors: [...cursors, cursor] }),
    previous: () => setState({ key, cursors: cursors.slice(0, -1) }),
  }
}
