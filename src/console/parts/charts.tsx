import { number } from '../words/count.ts'
import { clockTime } from '../words/time.ts'

const MINUTE = 60_000

export interface ChartProps {
  /** What is drawn, said to who cannot see it. */
  readonly title: string
  /** One value a minute, the oldest first. */
  readonly values: readonly (number | null)[]
  /** When the first minute began. */
  readonly from: number
  readonly tone?: 'accent' | 'warning' | 'danger'
}

/** A bar for each minute. */
export function Bars({ title, values, from, tone = 'accent' }: ChartProps) {
  const most = Math.max(1, ...values.map((value) => value ?? 0))
  return (
    <svg
      class={`chart chart-${tone}`}
      viewBox={`0 0 ${values.length} 20`}
      preserveAspectRatio="none"
      role="img"
      aria-label={summary(title, values)}
    >
      {values.map((value, index) => {
        const height = heightOf(value ?? 0, most)
        const minute = from + index * MINUTE
        return (
          <g key={minute}>
            <rect class="chart-bar" x={index + 0.12} width={0.76} y={20 - height} height={height} />
            <rect class="chart-hit" x={index} width={1} y={0} height={20}>
              <title>{`${clockTime(minute)}: ${number(value ?? 0)}`}</title>
            </rect>
          </g>
        )
      })}
    </svg>
  )
}

/** A line through the minutes for which there is a value. */
export function Line({ title, values, from, tone = 'accent' }: ChartProps) {
  const most = Math.max(1, ...values.map((value) => value ?? 0))
  const points = values.flatMap((value, index) =>
    value === null ? [] : [`${index + 0.5},${19 - (value / most) * 17}`],
  )
  const first = points[0]?.split(',')[0]
  const last = points.at(-1)
  return (
    <svg
      class={`chart chart-${tone}`}
      viewBox={`0 0 ${values.length} 20`}
      preserveAspectRatio="none"
      role="img"
      aria-label={summary(title, values)}
    >
      {last !== undefined && (
        <>
          <polygon class="chart-area" points={`${first},20 ${points.join(' ')} ${last.split(',')[0]},20`} />
          <polyline class="chart-line" points={points.length === 1 ? `${last} ${last}` : points.join(' ')} />
        </>
      )}
      {values.map((value, index) => {
        const minute = from + index * MINUTE
        return (
          <rect class="chart-hit" key={minute} x={index} width={1} y={0} height={20}>
            <title>{`${clockTime(minute)}: ${value === null ? 'not counted' : number(value)}`}</title>
          </rect>
        )
      })}
    </svg>
  )
}

/** Nothing is a hair's breadth, so that the minutes can be seen. */
function heightOf(value: number, most: number): number {
  return value === 0 ? 0.4 : 1.5 + (value / most) * 18.5
}

function summary(title: string, values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null)
  const latest = known.at(-1) ?? 0
  return `${title}, each minute of the last hour: ${number(latest)} now, ${number(Math.max(0, ...known))} at most`
}
