import type { Problem } from '../api/problem.ts'
import { explain } from '../words/problem.ts'
import { Button } from './button.tsx'

export interface TroubleProps {
  readonly problem: Problem | undefined
  /** Offered where trying again can help. */
  readonly retry?: () => void
}

/** What went wrong, in plain words, read out as soon as it appears. */
export function Trouble({ problem, retry }: TroubleProps) {
  return (
    <div role="alert" class="alert">
      {problem !== undefined && (
        <div class="trouble">
          <p>{explain(problem)}</p>
          {retry !== undefined && <Button onClick={retry}>Try again</Button>}
        </div>
      )}
    </div>
  )
}
