import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export interface PageProps {
  readonly title: string
  /** What stands above the title: the way back. */
  readonly above?: ComponentChildren
  /** What stands beside the title. */
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
}

/** A page with its heading, which gets the focus when somebody comes here from another page. */
export function Page({ title, above, aside, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · sliding-jwt`
  }, [title])
  useEffect(() => {
    scrollTo(0, 0)
    heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <>
      {above}
      <header class="page-head">
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {aside}
      </header>
      {children}
    </>
  )
}
