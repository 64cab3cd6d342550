/** Text sizes and colours for both kinds of page; a picture brings its own ground, so that it fits everywhere. */
const STYLE = `
  .ground { fill: #ffffff } .line { stroke: #d8dee4 } .axis { stroke: #8b949e }
  .text { fill: #1f2328 } .quiet { fill: #59636e }
  .ours { fill: #0969da } .reference { fill: #8b949e } .peer { fill: #b6bfc9 }
  .stroke-ours { stroke: #0969da } .stroke-peer { stroke: #8b949e } .whisker { stroke: #1f2328 } .limit { stroke: #cf222e }
  .limit-text { fill: #cf222e }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .line { stroke: #2a313a } .axis { stroke: #768390 }
    .text { fill: #e6edf3 } .quiet { fill: #9198a1 }
    .ours { fill: #4493f8 } .reference { fill: #768390 } .peer { fill: #454f5b }
    .stroke-ours { stroke: #4493f8 } .stroke-peer { stroke: #9198a1 } .whisker { stroke: #e6edf3 } .limit { stroke: #f85149 }
    .limit-text { fill: #f85149 }
  }
  text { font-family: system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif; font-size: 13px }
  .title { font-size: 16px; font-weight: 600 } .small { font-size: 11px }
  .ours-name { font-weight: 600 }
`

/** A whole picture with its title; `label` tells the same to those who cannot see it. */
export function svg(width: number, height: number, label: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(label)}">
<style>${STYLE}</style>
<rect class="ground" width="${width}" height="${height}" rx="8"/>
${parts.join('\n')}
</svg>
`
}

export type Anchor = 'start' | 'middle' | 'end'

export function text(
  x: number,
  y: number,
  content: string,
  classes = 'text',
  anchor: Anchor = 'start',
): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${classes}" text-anchor="${anchor}">${escaped(content)}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, classes: string, width = 1): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="${classes}" stroke-width="${width}"/>`
}

export function bar(x: number, y: number, width: number, height: number, classes: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(width, 1))}" height="${height}" rx="2" class="${classes}"/>`
}

export function curve(points: readonly (readonly [number, number])[], classes: string, dashes = ''): string {
  const list = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')
  const dashed = dashes === '' ? '' : ` stroke-dasharray="${dashes}"`
  return `<polyline points="${list}" class="${classes}" fill="none" stroke-width="2"${dashed}/>`
}

export function dot(x: number, y: number, classes: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="4" class="${classes}"/>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escaped(content: string): string {
  return content.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
