import { number } from '../words/count.ts'
import { refusal } from '../words/refusals.ts'
import { Empty } from './empty.tsx'

/** How often each code was the answer, the most frequent first. */
export function RefusalList({ counts }: { counts: Readonly<Record<string, number>> }) {
  const entries = Object.entries(counts).sort(([, one], [, other]) => other - one)
  const most = Math.max(1, ...Object.values(counts))
  if (entries.length === 0) return <Empty title="Nobody was refused">Every token was in good standing.</Empty>
  return (
    <ul class="refusals">
      {entries.map(([code, times]) => (
        <li key={code}>
          <span>
            {refusal(code)} <code class="dim">{code}</code>
          </span>
          <span class="number">{number(times)}</span>
          <svg class="meter" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
            <rect width={(times / most) * 100} height="1" />
          </svg>
        </li>
      ))}
    </ul>
  )
}
