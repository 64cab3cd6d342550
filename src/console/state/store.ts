import { useEffect, useState } from 'preact/hooks'

/** A value outside of the components, for those that want to know when it changes. */
export class Store<T> {
  #value: T
  readonly #listeners = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  get(): T {
    return this.#value
  }

  set(value: T): void {
    this.#value = value
    for (const listener of this.#listeners) listener()
  }

  /** Calls `listener` with each change; answers with how to stop it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** The value of a store, in a component that is drawn anew when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, draw] = useState({})
  useEffect(() => {
    draw({})
    return store.subscribe(() => draw({}))
  }, [store])
  return store.get()
}
