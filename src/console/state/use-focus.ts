import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** For a control that takes the place of the one that was just used: it gets the focus that went with that one. */
export function useLostFocus<T extends HTMLElement>(): RefObject<T | null> {
  const control = useRef<T>(null)
  useEffect(() => {
    if (document.activeElement === document.body) control.current?.focus()
  }, [])
  return control
}
