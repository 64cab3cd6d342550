import { createHash } from 'node:crypto'
import { VERSION } from '../version.ts'
import { Html, html } from './html.ts'

const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f4f6f6, #0d1213);
  --surface: light-dark(#fff, #151b1c);
  --sunken: light-dark(#f0f3f3, #101617);
  --line: light-dark(#dde3e3, #273132);
  --text: light-dark(#132021, #e7eded);
  --dim: light-dark(#556465, #9aabab);
  --accent: light-dark(#0b6a6f, #5cc5c3);
  --danger: light-dark(#b3261e, #ff9a90);
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace;
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--text); font: 16px/1.55 system-ui, sans-serif }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem }
header { padding-top: 2.5rem } main { padding-bottom: 2rem }
footer { padding-bottom: 3rem; color: var(--dim); font-size: .875rem }
h1 { margin: 0 0 .5rem; font-size: 1.75rem; letter-spacing: -.02em }
h2 { margin: 2.5rem 0 .25rem; font-size: 1.25rem } h3 { margin: 1.25rem 0 .25rem; font-size: .9375rem }
a { color: var(--accent) } p { margin: .25rem 0 .75rem; max-width: 46rem } .dim { color: var(--dim) }
nav { margin-bottom: 1.25rem } nav a { margin-right: 1rem } section h2 { margin-top: .5rem; font-size: 1.0625rem }
code, pre { font: .875em/1.5 var(--mono) } pre { overflow: auto; margin: .25rem 0; padding: .75rem; max-height: 24rem }
pre, details, section { background: var(--surface); border: 1px solid var(--line); border-radius: 8px }
pre { background: var(--sunken) } details { margin: .5rem 0 }
summary { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; padding: .6rem .9rem; cursor: pointer }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 8px }
details > div, section { padding: 0 .9rem .9rem } section { margin: .75rem 0; padding-top: .25rem; scroll-margin-top: 1rem }
section:target { border-color: var(--accent) }
.method { min-width: 4.25rem; font: 600 .8125rem var(--mono); color: var(--accent) } .delete { color: var(--danger) }
table { width: 100%; border-collapse: collapse; font-size: .875rem }
th, td { padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
th { color: var(--dim); font-weight: 500 } .wide { overflow-x: auto }
`

/** Nothing but the page and its one style: no script, no other origin, no frame around it. */
export const DOCS_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A whole page; `root` leads from it to where the server is, which may be below a path. */
export function page(title: string, content: Html, root = ''): string {
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · sliding-jwt</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<nav><a href="${root}docs">API</a><a href="${root}docs/errors">Errors</a><a href="${root}openapi.json">OpenAPI 3.1</a><a href="${root}console/">Console</a></nav>
</header>
<main>
${content}
</main>
<footer>sliding-jwt ${VERSION}</footer>
</body>
</html>
`.markup
  }`
}
