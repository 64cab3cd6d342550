import { createHash } from 'node:crypto'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { ERRORS, type ErrorCode, problemOf } from '../../src/index.ts'
import { fieldsOf } from '../../src/server/docs/document-reader.ts'
import { html, prose } from '../../src/server/docs/html.ts'
import { document, OPERATIONS } from './openapi/contract.ts'
import { startBench } from './support.ts'

const PAGES = ['/docs', '/docs/errors']

describe('the documentation pages', () => {
  it.each(PAGES)('%s needs no other origin and no script, and allows none', async (path) => {
    const { app } = await startBench()
    const { status, type, text, headers } = await request(app).get(path)
    expect([status, type]).toEqual([200, 'text/html'])
    const [, style = ''] = /<style>([^<]*)<\/style>/.exec(text) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    expect(text).not.toMatch(/<script|<link|<img|<iframe|style=|url\(|@import|\son\w+=/i)
    const targets = [...text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target)
    expect(targets.length).toBeGreaterThan(3)
    // Below a path of a proxy, as at the top: each leads to what the server has.
    for (const root of ['https://app.example.org', 'https://app.example.org/auth']) {
      for (const target of new Set(targets)) {
        const { href } = new URL(target ?? '', `${root}${path}`)
        expect(href.startsWith(`${root}/`), href).toBe(true)
        const place = href.slice(root.length).replace(/#.*/, '')
        if (place !== '/console/') await request(app).get(place).expect(200)
      }
    }
  })

  it.each(PAGES)('%s with a slash at its end leads to the one without', async (path) => {
    const { app } = await startBench()
    const { headers } = await request(app).get(`${path}/?a=b`).expect(301)
    const root = 'https://app.example.org/auth'
    expect(new URL(headers['location'] ?? '', `${root}${path}/`).href).toBe(`${root}${path}`)
  })

  it('/docs has every operation with its codes', async () => {
    const { app } = await startBench()
    const { text } = await request(app).get('/docs')
    for (const operation of OPERATIONS) {
      const [method = '', path = ''] = operation.split(' ')
      expect(text).toContain(`>${method}</span><code>${path}</code>`)
    }
    for (const code of Object.keys(ERRORS)) expect(text).toContain(`href="docs/errors#${code}"`)
  })

  it.each(Object.keys(ERRORS) as ErrorCode[])(
    'the type of a %s problem leads to its section',
    async (code) => {
      const { app } = await startBench()
      const [path = '', anchor] = problemOf(code).type.split('#')
      const { text } = await request(app).get(path).expect(200)
      expect(text).toContain(`<section id="${anchor}">`)
      expect(text).toContain(prose(ERRORS[code].cause).markup)
    },
  )

  it('hold text as text', () => {
    expect(html`<p>${`<b title="x">'&`}</p>`.markup).toBe('<p>&lt;b title=&quot;x&quot;&gt;&#39;&amp;</p>')
    expect(prose('a `<b>` c').markup).toBe('a <code>&lt;b&gt;</code> c')
  })

  it('read fields of objects inside, of lists, and of what may be null', () => {
    const { schema } = document.paths['/admin/events'].get.responses['200'].content['application/json']
    const fields = fieldsOf(document, schema)
    expect(fields).toContainEqual({
      name: 'events[].userId',
      type: 'string | null',
      meaning: 'Whom it happened to; null where no user is known.',
    })
    const overview = fieldsOf(document, { $ref: '#/components/schemas/Overview' })
    expect(overview.map(({ name, type }) => `${name}: ${type}`)).toEqual(
      expect.arrayContaining([
        'active: object | null',
        'active.count: integer',
        'logins: integer[]',
        'activeSessions: integer | null[]',
      ]),
    )
    const query = document.components.schemas.UserChange
    expect(fieldsOf(document, query)[0]).toMatchObject({ name: 'role?', type: '"user" | "admin"' })
  })
})
