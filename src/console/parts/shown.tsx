import type { ComponentChildren } from 'preact'
import type { Loaded } from '../state/use-loaded.ts'
import { Trouble } from './trouble.tsx'

export interface ShownProps<T> {
  readonly source: Loaded<T>
  /** How many lines to keep free until it is there. */
  readonly lines: number
  readonly children: (value: T) => ComponentChildren
}

/** What was loaded; before that, room for it; and why it could not be loaded. */
export function Shown<T>({ source, lines, children }: ShownProps<T>) {
  const { value, problem, isLoading, reload } = source
  return (
    <div class="shown" aria-busy={isLoading}>
      <Trouble problem={problem} retry={reload} />
      {value !== undefined && children(value)}
      {value === undefined && problem === undefined && <Waiting lines={lines} />}
    </div>
  )
}

function Waiting({ lines }: { lines: number }) {
  return (
    <div class="waiting">
      <span class="unseen">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <div class="waiting-line" key={line} />
      ))}
    </div>
  )
}
