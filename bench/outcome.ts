/** What a command has to say in the end. */
export interface Outcome {
  readonly text: string
  /** Whether the process shall end as one that succeeded. */
  readonly isGood: boolean
}
