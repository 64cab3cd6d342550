import { readFileSync } from 'node:fs'
import { parser } from '@prometheus-io/lezer-promql'
import { beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { startBench } from '../server/support.ts'

const FOLDER = new URL('../../examples/monitoring/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8')

interface Panel {
  readonly title: string
  readonly description: string
  readonly targets: readonly { readonly expr: string }[]
}
interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly action: string }
}

const dashboard: { panels: Panel[]; templating: { list: { definition?: string }[] } } = JSON.parse(
  read('dashboard.json'),
)
const alerts: { groups: { rules: Rule[] }[] } = parse(read('alerts.yml'))
const rules = alerts.groups.flatMap((group) => group.rules)

const QUERIES = [
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ place: title, expr }))),
  ...rules.map(({ alert, expr }) => ({ place: alert, expr })),
]

/** Metrics that Prometheus makes itself. */
const PROMETHEUS_OWN = ['up']

/** Grafana puts a duration in. */
const asSent = (expr: string) => expr.replaceAll('$__rate_interval', '1m')

/** The names of metrics in a query, and whether it is one. */
function readQuery(expr: string): { readonly isRight: boolean; readonly names: string[] } {
  const names: string[] = []
  let isRight = true
  parser.parse(expr).iterate({
    enter({ type, from, to }) {
      if (type.isError) isRight = false
      if (type.name === 'VectorSelector') names.push(/^\w+/.exec(expr.slice(from, to))?.[0] ?? '')
    },
  })
  return { isRight, names }
}

describe('examples/monitoring', () => {
  let samples: ReadonlySet<string> = new Set()
  let families: readonly string[] = []
  beforeEach(async () => {
    const { metrics } = await startBench()
    metrics.watchProcess()
    const entries = await metrics.registry.getMetricsAsJSON()
    families = entries.map(({ name }) => name)
    samples = new Set(
      entries.flatMap(({ name, type }) =>
        String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    )
  })

  it.each(QUERIES)('$place asks for what there is: $expr', ({ expr }) => {
    const { isRight, names } = readQuery(asSent(expr))
    expect(isRight).toBe(true)
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !samples.has(name) && !PROMETHEUS_OWN.includes(name))).toEqual([])
  })

  it('shows every metric of the server on the dashboard, and explains each', () => {
    const shown = dashboard.panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => readQuery(asSent(expr)).names),
    )
    const page = read('README.md')
    for (const family of families.filter((name) => name.startsWith('sliding_jwt_'))) {
      expect(
        shown.some((name) => name === family || name.startsWith(`${family}_`)),
        family,
      ).toBe(true)
      expect(page).toContain(`\`${family}`)
    }
  })

  it('asks for outcomes that there are', () => {
    const outcomes = QUERIES.flatMap(({ expr }) =>
      [...expr.matchAll(/outcome="(\w+)"/g)].map(([, name]) => name),
    )
    expect(outcomes).toEqual(['internal'])
  })

  it('has alerts that say what to do, and panels that say what they show', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^SlidingJwt[A-Z]/)
      expect(['page', 'ticket']).toContain(labels.severity)
      expect([annotations.summary.length > 20, annotations.action.length > 20]).toEqual([true, true])
    }
    for (const { title, description } of dashboard.panels.slice(0, 12)) {
      expect(description.length, title).toBeGreaterThan(10)
    }
    expect(dashboard.templating.list[1]?.definition).toBe(
      'label_values(sliding_jwt_requests_total, instance)',
    )
    expect(parse(read('prometheus.yml')).rule_files).toEqual(['alerts.yml'])
  })
})
