/** What a command has to say in the end. */
export interface Outcome {
  readonly text: string
  /** Of the process: 0 for good, 1 for what was asked and is not so, 2 for what cannot be told. */
  readonly exitCode: 0 | 1 | 2
}
