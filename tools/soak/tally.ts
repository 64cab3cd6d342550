/** The first of them are told in words. */
const TOLD = 20

/** What a load did, and what went wrong. */
export class Tally {
  readonly counts = {
    requests: 0,
    logins: 0,
    renewals: 0,
    revocations: 0,
    thefts: 0,
    refusals: 0,
    pruned: 0,
    wrong: 0,
  }
  readonly wrong: string[] = []

  /** Notes an answer that should not have been given. */
  blame(what: string): void {
    this.counts.wrong += 1
    if (this.wrong.length < TOLD) this.wrong.push(what)
  }
}
