import { useState } from 'preact/hooks'
import type { Problem } from '../api/problem.ts'
import { problemFrom } from './use-loaded.ts'

/** Something that somebody does, such as sending a form. */
export interface Action<Args extends readonly unknown[]> {
  readonly isBusy: boolean
  /** Why the latest attempt failed. */
  readonly problem: Problem | undefined
  run(...args: Args): Promise<void>
}

export function useAction<Args extends readonly unknown[]>(
  act: (...args: Args) => Promise<void>,
): Action<Args> {
  const [state, setState] = useState<{ isBusy: boolean; problem: Problem | undefined }>(IDLE)
  return {
    ...state,
    async run(...args) {
      setState({ isBusy: true, problem: undefined })
      try {
        await act(...args)
        setState(IDLE)
      } catch (error) {
        setState({ isBusy: false, problem: problemFrom(error) })
      }
    },
  }
}

const IDLE = { isBusy: false, problem: undefined }
