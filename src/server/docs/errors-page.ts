import { ERRORS } from '../../index.ts'
import { page } from './frame.ts'
import { html, prose } from './html.ts'

/** `GET /docs/errors`: where the `type` of each problem document leads. */
export function errorsPage(): string {
  const sections = Object.entries(ERRORS).map(
    ([code, { status, title, cause, cure }]) => html`<section id="${code}">
<h2><code>${code}</code></h2>
<p><strong>${status}</strong> ${title}</p>
<p><span class="dim">Cause:</span> ${prose(cause)}</p>
<p><span class="dim">Cure:</span> ${prose(cure)}</p>
</section>
`,
  )
  return page(
    'Errors',
    html`<p>${prose(
      'Every error is a problem document (RFC 9457) with a `code` of this list. The list is closed.',
    )}</p>
${sections}`,
    '../',
  )
}
