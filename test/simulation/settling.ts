/** What goes on without time passing: the world waits for it before the clock moves. */
export class Settling {
  readonly #open = new Set<Promise<void>>()

  add(work: Promise<void>): void {
    this.#open.add(work)
  }

  async settle(): Promise<void> {
    while (this.#open.size > 0) {
      const works = [...this.#open]
      this.#open.clear()
      await Promise.all(works)
    }
  }
}
