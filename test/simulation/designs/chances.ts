import { mix, Prng } from '../prng.ts'

/** A source of chance for each session and each user, so that what happens to one does not move another. */
export class Chances {
  readonly #seed: number
  readonly #chances = new Map<string, Prng>()

  constructor(seed: number) {
    this.#seed = seed
  }

  /** That of a session of this user, or of the user. */
  of(source: string, user: string): Prng {
    let chance = this.#chances.get(source)
    if (chance === undefined) {
      const owner = source === user ? undefined : this.of(user, user)
      chance = new Prng(owner?.whole() ?? mix(this.#seed, ...Buffer.from(source)))
      this.#chances.set(source, chance)
    }
    return chance
  }
}
