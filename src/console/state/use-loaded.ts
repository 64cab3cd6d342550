import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { Problem } from '../api/problem.ts'

/** Something that comes from the server. */
export interface Loaded<T> {
  /** The latest that came, while the next is under way, too; undefined before the first. */
  readonly value: T | undefined
  /** Why the latest attempt failed. */
  readonly problem: Problem | undefined
  readonly isLoading: boolean
  readonly reload: () => void
}

/**
 * Loads when the component appears and whenever `key` changes. What is no longer wanted is aborted, so that a
 * late answer never takes the place of a newer one.
 */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>(FIRST)
  const [turn, setTurn] = useState(0)
  const latest = useRef(load)
  latest.current = load

  useEffect(() => {
    const aborting = new AbortController()
    setState((before) => ({ ...before, isLoading: true }))
    latest
      .current(aborting.signal)
      .then((value) => {
        if (!aborting.signal.aborted) setState({ value, problem: undefined, isLoading: false })
      })
      .catch((error: unknown) => {
        if (aborting.signal.aborted) return
        setState(({ value }) => ({ value, problem: problemFrom(error), isLoading: false }))
      })
    return () => aborting.abort()
  }, [key, turn])

  const reload = useCallback(() => setTurn((before) => before + 1), [])
  return { ...state, reload }
}

const FIRST = { value: undefined, problem: undefined, isLoading: true }

export function problemFrom(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('unexpected', String(error))
}
