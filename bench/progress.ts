/** Says what goes on: on one line of a terminal, and elsewhere as one line where something new begins. */
export class Progress {
  readonly #start = performance.now()
  readonly #isTerminal = process.stderr.isTTY === true
  #said = ''

  /** Since the beginning. */
  get seconds(): number {
    return (performance.now() - this.#start) / 1_000
  }

  say(what: string): void {
    const seconds = Math.round(this.seconds)
    if (this.#isTerminal) {
      process.stderr.write(`\r\x1b[K${seconds} s  ${what}`)
    } else if (beginningOf(what) !== this.#said) {
      process.stderr.write(`${seconds} s  ${what}\n`)
    }
    this.#said = beginningOf(what)
  }

  /** Says something that stays. */
  note(what: string): void {
    this.end()
    process.stderr.write(`${what}\n`)
  }

  /** Clears the line. */
  end(): void {
    if (this.#isTerminal) process.stderr.write('\r\x1b[K')
  }
}

/** Up to the colon: what comes behind changes every second. */
function beginningOf(what: string): string {
  return what.split(':')[0] ?? ''
}
