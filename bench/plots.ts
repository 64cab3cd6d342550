import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { plotBars } from './plot-bars.ts'
import { plotGrowth } from './plot-growth.ts'
import type { Report, Row } from './results.ts'

/** Draws the results into a folder; answers with the paths of the files. What was not measured is not drawn. */
export function writePlots(report: Report, folder: string): string[] {
  const { rows } = report
  const under = `${report.machine['cpu']}, ${report.machine['cores']} cores, Node ${report.versions['node']}, ${report.date.slice(0, 10)}`
  const draw = {
    fresh: (some: readonly Row[]) =>
      plotBars('A fresh token: requests per second, to bare Express', under, some, 'ratio'),
    renew: (some: readonly Row[]) =>
      plotBars('Every request renews: CPU, to bare Express', under, some, 'cpuRatio'),
    growth: (some: readonly Row[]) => plotGrowth('A renewal as the database grows', under, some),
  }
  mkdirSync(folder, { recursive: true })
  return Object.entries(draw).flatMap(([path, picture]) => {
    const some = rows.filter((row) => row.path === path && row.name !== 'bare')
    if (some.length === 0) return []
    const file = join(folder, `bench-${path}.svg`)
    writeFileSync(file, picture(some))
    return [file]
  })
}
