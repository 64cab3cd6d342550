import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export interface PageProps {
  readonly title: string
  /** What stands beside the title. */
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
}

/** A page with its heading, which gets the focus when somebody comes here from another page. */
export function Page({ title, aside, children }: PageProps) {
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
