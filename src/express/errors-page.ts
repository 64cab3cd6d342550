import { ERRORS } from '../protocol/errors.ts'

/** A page of all codes, each with its cause and cure: where the `type` of a problem document leads. */
export function errorsPage(): string {
  const sections = Object.entries(ERRORS).map(
    ([code, { status, title, cause, cure }]) => `<section id="${code}">
<h2><code>${code}</code></h2>
<p><b>${status}</b> ${toHtml(title)}</p>
<p>Cause: ${toHtml(cause)}</p>
<p>Cure: ${toHtml(cure)}</p>
</section>
`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Errors</title>
<h1>Errors</h1>
${sections.join('')}</html>
`
}

/** Nothing of it is anybody's input; `backticks` are code. */
function toHtml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return escaped.replace(/`([^`]*)`/g, '<code>$1</code>')
}
