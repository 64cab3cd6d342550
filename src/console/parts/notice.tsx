import { notice } from '../state/notice.ts'
import { useStore } from '../state/store.ts'

/** What was just done, above the page for a while, so that nothing moves. */
export function Notice() {
  const text = useStore(notice)
  return (
    <div class="notice" role="status">
      {text !== undefined && <p>{text}</p>}
    </div>
  )
}
