/**
 * What was used lately, by key. Two halves stand for an exact order, so that reading costs one look into
 * a `Map` and moves nothing: when the young one is full, it becomes the old one, and what
 * was not used since the last time is forgotten.
 */
export class Recent<Key, Value> {
  readonly #half: number
  #young = new Map<Key, Value>()
  #old = new Map<Key, Value>()

  /** Holds at most so many entries, and at least the half of them that was used last. */
  constructor(entries: number) {
    this.#half = Math.ceil(entries / 2)
  }

  get(key: Key): Value | undefined {
    const value = this.#young.get(key)
    if (value !== undefined) return value
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  /** The same without counting as a use. */
  peek(key: Key): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  set(key: Key, value: Value): void {
    this.#old.delete(key)
    this.#young.set(key, value)
    if (this.#young.size < this.#half) return
    this.#old = this.#young
    this.#young = new Map()
  }

  delete(key: Key): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }

  /** All that is remembered, in no certain order. */
  values(): Value[] {
    return [...this.#young.values(), ...this.#old.values()]
  }
}
