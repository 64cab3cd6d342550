import type { ComponentChildren } from 'preact'
import type { OverviewReport } from '../api/types.ts'
import { count, number } from '../words/count.ts'
import { Bars, Line } from './charts.tsx'

/** Minutes by which renewals are averaged, the current one left out, as it is not over. */
const AVERAGED = 5

/** The four figures of the front page, each with its last hour. */
export function Tiles({ report }: { report: OverviewReport }) {
  const from = Date.parse(report.from)
  const { active, logins, renewals, refusals, thefts } = report
  return (
    <div class="tiles">
      <Tile
        name="Active sessions"
        value={active === null ? '…' : number(active.count)}
        under={active === null ? 'being counted' : `${count(sum(logins), 'sign-in')} in the last hour`}
      >
        <Line title="Active sessions" values={report.activeSessions} from={from} />
      </Tile>
      <Tile
        name="Renewals per minute"
        value={rate(renewals)}
        under={`${count(sum(renewals), 'renewal')} in the last hour`}
      >
        <Bars title="Renewals" values={renewals} from={from} />
      </Tile>
      <Tile name="Refusals" value={number(sum(refusals))} under="in the last hour">
        <Bars title="Refusals" values={refusals} from={from} tone="warning" />
      </Tile>
      <Tile name="Thefts caught" value={number(sum(thefts))} under="in the last hour">
        <Bars title="Thefts caught" values={thefts} from={from} tone="danger" />
      </Tile>
    </div>
  )
}

interface TileProps {
  readonly name: string
  readonly value: string
  readonly under: string
  readonly children: ComponentChildren
}

function Tile({ name, value, under, children }: TileProps) {
  return (
    <section class="card tile">
      <h2>{name}</h2>
      <p class="figure">{value}</p>
      <p class="dim">{under}</p>
      {children}
      <p class="axis" aria-hidden="true">
        <span>60 min ago</span>
        <span>now</span>
      </p>
    </section>
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function rate(values: readonly number[]): string {
  const mean = sum(values.slice(-AVERAGED - 1, -1)) / AVERAGED
  return mean < 10 && !Number.isInteger(mean) ? mean.toFixed(1) : number(Math.round(mean))
}
