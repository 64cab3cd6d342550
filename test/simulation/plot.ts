import type { DesignResult } from './compare.ts'

const WIDTH = 860
const HEIGHT = 400
const CURVES = { left: 64, right: 500, top: 70, bottom: 330 }
const BARS = { left: 560, right: 800, top: 70 }
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Times on the axis; it is logarithmic. */
const TIMES: readonly (readonly [number, string])[] = [
  [MINUTE, '1 min'],
  [15 * MINUTE, '15 min'],
  [2 * HOUR, '2 h'],
  [DAY, '1 d'],
  [7 * DAY, '7 d'],
  [30 * DAY, '30 d'],
]

/** In the order of the designs, for light and for dark ground; lines differ by dashes as well. */
const COLOURS: readonly (readonly [light: string, dark: string, dashes: string])[] = [
  ['#b3261e', '#ff8a80', '7 4'],
  ['#8a5a00', '#ffc04d', '2 3'],
  ['#1f5fbf', '#82b1ff', '11 3 2 3'],
  ['#0b7a4b', '#5fe0a0', ''],
]

/** Draws how long stolen copies work, and how often honest people are logged out. */
export function plotComparison(results: readonly DesignResult[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="13">`,
    '<title id="title">Four designs: how long a stolen copy works, and how often honest people are logged out</title>',
    `<desc id="description">${results.map(describe).join(' ')}</desc>`,
    style(),
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    curves(results),
    bars(results),
    '</svg>',
    '',
  ].join('\n')
}

/** Ground, text, lesser text and rules, for light and for dark ground. */
const INKS = [
  ['#ffffff', '#1b1f24', '#5b6470', '#dfe3e8'],
  ['#0d1117', '#e6edf3', '#9aa4af', '#2b323b'],
] as const

/** Plain rules without variables: not every renderer knows those. */
function style(): string {
  const shade = (ground: 0 | 1) => {
    const [paper, ink, faint, rule] = INKS[ground]
    const colours = COLOURS.map(
      ({ [ground]: colour }, design) => `.curve.d${design}{stroke:${colour}}.bar.d${design}{fill:${colour}}`,
    )
    return `.ground{fill:${paper}}text{fill:${ink}}.faint{fill:${faint}}.rule{stroke:${rule}}${colours.join('')}`
  }
  return [
    '<style>',
    '.curve{fill:none;stroke-width:2.4;stroke-linejoin:round}.head{font-weight:600;font-size:14px}',
    shade(0),
    `@media (prefers-color-scheme:dark){${shade(1)}}`,
    '</style>',
  ].join('\n')
}

function curves(results: readonly DesignResult[]): string {
  const { left, right, top, bottom } = CURVES
  const shares = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = heightOf(share)
    return `<line class="rule" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/><text class="faint" x="${left - 8}" y="${y + 4}" text-anchor="end">${100 * share} %</text>`
  })
  const times = TIMES.map(([time, label]) => {
    const x = placeOf(time)
    return `<line class="rule" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/><text class="faint" x="${x}" y="${bottom + 18}" text-anchor="middle">${label}</text>`
  })
  return [
    `<text class="head" x="${left}" y="34">Stolen copies that still work</text>`,
    `<text class="faint" x="${left}" y="52">share of thieves who go on until they are refused</text>`,
    ...shares,
    ...times,
    `<text class="faint" x="${right}" y="${bottom + 38}" text-anchor="end">time since the copy</text>`,
    ...results.map(curve),
  ].join('\n')
}

function curve({ stolenLives }: DesignResult, design: number): string {
  const { left, right } = CURVES
  const alive = (index: number) => heightOf(1 - index / Math.max(1, stolenLives.length))
  const dead = stolenLives.filter((life) => life < MINUTE).length
  const path = [`M${left} ${alive(dead)}`]
  for (let index = dead; index < stolenLives.length; index += 1) {
    path.push(`H${placeOf(stolenLives[index] ?? 0)}V${alive(index + 1)}`)
  }
  const dashes = COLOURS[design]?.[2] ?? ''
  return `<path class="curve d${design}" stroke-dasharray="${dashes}" d="${path.join('')}H${right}"/>`
}

function placeOf(time: number): number {
  const { left, right } = CURVES
  const last = 36 * DAY
  const share = Math.log(Math.max(time, MINUTE) / MINUTE) / Math.log(last / MINUTE)
  return round(left + share * (right - left))
}

function heightOf(share: number): number {
  const { top, bottom } = CURVES
  return round(bottom - share * (bottom - top))
}

function bars(results: readonly DesignResult[]): string {
  const { left } = BARS
  return [
    `<text class="head" x="${left}" y="34">Honest log-outs</text>`,
    `<text class="faint" x="${left}" y="52">per 1,000 device-days, logarithmic</text>`,
    ...results.map(bar),
  ].join('\n')
}

/** A bar with its name above it, which is the key to the curves as well. */
function bar({ name, honestLogoutsPer1000DeviceDays: rate }: DesignResult, design: number): string {
  const { left, right, top } = BARS
  const y = top + 14 + design * 66
  const width = rate < 1 ? 2 : round(Math.max(2, (Math.log10(rate) / 4) * (right - left - 50)))
  const dashes = COLOURS[design]?.[2] ?? ''
  const value =
    rate >= 100 ? Math.round(rate).toLocaleString('en-US') : Number(rate.toPrecision(2)).toString()
  return [
    `<path class="curve d${design}" stroke-dasharray="${dashes}" d="M${left} ${y - 5}h34"/>`,
    `<text x="${left + 42}" y="${y}">${name}</text>`,
    `<rect class="bar d${design}" x="${left}" y="${y + 8}" width="${width}" height="16" rx="2"/>`,
    `<text x="${left + width + 8}" y="${y + 21}">${value}</text>`,
  ].join('\n')
}

function describe({ name, honestLogoutsPer1000DeviceDays: rate, stolenWorks }: DesignResult): string {
  const median = (stolenWorks.median / MINUTE).toFixed(0)
  return `${name}: ${rate.toFixed(1)} honest log-outs per 1,000 device-days; a stolen copy works for ${median} minutes in the median.`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
