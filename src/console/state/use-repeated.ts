import { useEffect, useRef } from 'preact/hooks'

/** Does something again and again, as long as somebody can see the page. */
export function useRepeated(act: () => void, every: number): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const actIfSeen = () => {
      if (document.visibilityState === 'visible') latest.current()
    }
    const timer = setInterval(actIfSeen, every)
    document.addEventListener('visibilitychange', actIfSeen)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', actIfSeen)
    }
  }, [every])
}
