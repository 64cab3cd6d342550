import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { plotBars } from './plot-bars.ts'
import { plotGrowth } from './plot-growth.ts'
import type { Report } from './results.ts'

/** Draws the results into a folder; answers with the paths of the files. */
export function writePlots(report: Report, folder: string): string[] {
  const { rows } = report
  const of = (path: string) => rows.filter((row) => row.path === path)
  const under = `${report.machine['cpu']}, ${report.machine['cores']} cores, Node ${report.versions['node']}, ${report.date.slice(0, 10)}`
  const plots = {
    'bench-fresh.svg': plotBars(
      'A fresh token: requests per second, to bare Express',
      under,
      of('fresh'),
      'ratio',
    ),
    'bench-renew.svg': plotBars('Every request renews: CPU, to bare Express', under, of('renew'), 'cpuRatio'),
    'bench-growth.svg': plotGrowth('A renewal as the database grows', under, of('growth')),
  }
  mkdirSync(folder, { recursive: true })
  return Object.entries(plots).map(([name, picture]) => {
    const path = join(folder, name)
    writeFileSync(path, picture)
    return path
  })
}
