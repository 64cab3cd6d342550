import type { Pages } from '../state/use-pages.ts'
import { Button } from './button.tsx'

export interface PagerProps {
  readonly pages: Pages
  readonly nextCursor: string | null
  readonly previous: string
  readonly next: string
}

/** The way to the pages before and after; not there where one page is all. */
export function Pager({ pages, nextCursor, previous, next }: PagerProps) {
  if (pages.number === 1 && nextCursor === null) return null
  return (
    <nav class="pager" aria-label="Pages">
      <Button icon="left" isDisabled={pages.number === 1} onClick={pages.previous}>
        {previous}
      </Button>
      <span>Page {pages.number}</span>
      <Button
        isDisabled={nextCursor === null}
        onClick={() => {
          if (nextCursor !== null) pages.next(nextCursor)
        }}
      >
        {next}
      </Button>
    </nav>
  )
}
