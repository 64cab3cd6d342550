/** Mixes whole numbers into a 32-bit seed (the finaliser of MurmurHash3). */
export function mix(...parts: readonly number[]): number {
  let hash = 0x9e3779b9
  for (const part of parts) {
    hash = Math.imul(hash ^ (part | 0), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash >>> 0
}

/** A seeded source of chance (sfc32): the same seed gives the same draws on every machine. */
export class Prng {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number) {
    this.#a = mix(seed, 1)
    this.#b = mix(seed, 2)
    this.#c = mix(seed, 3)
    for (let round = 0; round < 12; round += 1) this.whole()
  }

  /** A whole number of 32 bits. */
  whole(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }

  /** From 0 to just below 1. */
  unit(): number {
    return this.whole() / 0x1_0000_0000
  }

  /** Whether something happens that happens with this probability. */
  chance(probability: number): boolean {
    return this.unit() < probability
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.unit() * (most - least + 1))
  }

  /** A whole number around a mean, as times between independent events are distributed. */
  around(mean: number): number {
    return Math.round(-Math.log(1 - this.unit()) * mean)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)] as T
  }
}
