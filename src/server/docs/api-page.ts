import type { OpenApiDocument } from '../openapi/document.ts'
import { fieldsOf, follow, type Json, objects } from './document-reader.ts'
import { page } from './frame.ts'
import { type Html, html, prose } from './html.ts'

/** `GET /docs`: the OpenAPI document for people, made from nothing but the document. */
export function apiPage(document: OpenApiDocument): string {
  const whole = document as unknown as Json
  const operations = operationsOf(whole)
  const tags = objects(whole['tags']).map(
    ({ name, description }) => html`<h2>${String(name)}</h2>
<p class="dim">${String(description)}</p>
${operations
  .filter(({ operation }) => (operation['tags'] as string[])[0] === name)
  .map((entry) => operationOf(whole, entry))}`,
  )
  const { description = '' } = document.info
  return page(
    'HTTP API',
    html`${description.split('\n\n').map((paragraph) => html`<p>${prose(paragraph)}</p>`)}
${tags}`,
  )
}

interface Operation {
  readonly method: string
  readonly path: string
  readonly operation: Json
}

function operationsOf(whole: Json): Operation[] {
  return Object.entries(whole['paths'] as Record<string, Json>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation: operation as Json })),
  )
}

function operationOf(whole: Json, { method, path, operation }: Operation): Html {
  const { operationId, summary, description, security } = operation
  const access = (security as unknown[]).length === 0 ? 'no token' : 'token'
  return html`<details id="${String(operationId)}">
<summary><span class="method ${method}">${method.toUpperCase()}</span><code>${path}</code><span>${String(summary)}</span><span class="dim">${access}</span></summary>
<div>
${typeof description === 'string' ? html`<p>${prose(description)}</p>` : undefined}
${parametersOf(whole, operation)}
${bodyOf(whole, operation)}
${responsesOf(whole, operation)}
</div>
</details>
`
}

function parametersOf(whole: Json, operation: Json): Html {
  const rows = objects(operation['parameters'])
    .map((parameter) => follow(whole, parameter))
    .map(
      ({ name, in: place, description }) =>
        html`<tr><td><code>${String(name)}</code></td><td>${String(place)}</td><td>${prose(String(description ?? ''))}</td></tr>`,
    )
  return html`<h3>Parameters</h3>
<div class="wide"><table><tr><th>Name</th><th>In</th><th>Meaning</th></tr>${rows}</table></div>`
}

function bodyOf(whole: Json, operation: Json): Html | undefined {
  const body = operation['requestBody'] as Json | undefined
  return body && html`<h3>Body</h3>${contentOf(whole, body)}`
}

function responsesOf(whole: Json, operation: Json): Html[] {
  return Object.entries(operation['responses'] as Record<string, Json>).map(([status, response]) => {
    const followed = follow(whole, response)
    const lines = String(followed['description']).split('\n')
    const isRefusal = /^[45]/.test(status)
    const headers = Object.keys((followed['headers'] ?? {}) as Json).filter((name) => name !== 'X-Request-Id')
    return html`<h3>${status}</h3>
${lines.map((line) => html`<p>${isRefusal ? refusalOf(line) : prose(line)}</p>`)}
${headers.length > 0 ? html`<p class="dim">Headers: ${headers.map((name) => html`<code>${name}</code> `)}</p>` : undefined}
${isRefusal ? undefined : contentOf(whole, followed)}`
  })
}

/** `code`: what it means; the code leads to its section. */
function refusalOf(line: string): Html {
  const [, code = '', title = ''] = /^`(\w+)`: (.*)$/.exec(line) ?? []
  return html`<a href="docs/errors#${code}"><code>${code}</code></a> ${title}`
}

function contentOf(whole: Json, holder: Json): Html[] {
  return Object.values((holder['content'] ?? {}) as Record<string, Json>).map(({ schema, example }) => {
    const fields = fieldsOf(whole, schema as Json).map(
      ({ name, type, meaning }) =>
        html`<tr><td><code>${name}</code></td><td><code>${type}</code></td><td>${prose(meaning)}</td></tr>`,
    )
    return html`${fields.length > 0 ? html`<div class="wide"><table><tr><th>Field</th><th>Type</th><th>Meaning</th></tr>${fields}</table></div>` : undefined}
${example === undefined ? undefined : html`<pre>${JSON.stringify(example, null, 2)}</pre>`}`
  })
}
