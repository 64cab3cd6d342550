import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { beforeAll, expect, it } from 'vitest'
import { PASSWORD } from './server.ts'
import { claimsOf, inBrowser } from './stage.ts'

const MINUTE = 60_000

/** The client as a page of another origin would load it. */
async function bundleClient(): Promise<string> {
  const entry = fileURLToPath(new URL('../../src/client/index.ts', import.meta.url))
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'slidingJwt' } },
  })
  const [output] = [built].flat()
  if (output === undefined || !('output' in output)) throw new Error('nothing was built')
  return output.output[0].code
}

inBrowser('a page of another origin', (stage) => {
  let script = ''
  beforeAll(async () => {
    script = await bundleClient()
  })

  /** Serves a page with the client, on a port of its own. */
  async function otherOrigin(): Promise<string> {
    const site = createServer((req, res) => {
      const isScript = req.url === '/client.js'
      res.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
      res.end(
        isScript
          ? script
          : '<!doctype html><link rel="icon" href="data:,"><script src="/client.js"></script>',
      )
    })
    await once(site.listen(0, '127.0.0.1'), 'listening')
    stage.later(async () => void site.close())
    return `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  }

  it('logs in, is renewed and reads X-JWT, by the client alone', async () => {
    const origin = await otherOrigin()
    const server = await stage.server({ corsOrigins: [origin] })
    await server.addUser('ada')
    const { page } = await stage.visit(origin)
    const requests: { method: string; path: string; headers: Record<string, string> }[] = []
    page.on('response', async (response) => {
      const request = response.request()
      requests.push({
        method: request.method(),
        path: new URL(request.url()).pathname,
        headers: await response.allHeaders(),
      })
    })
    await page.evaluate(`window.client = slidingJwt.createClient({ baseUrl: '${server.url}' })`)
    const login = `client.login({ username: 'ada', password: '${PASSWORD}' }).then((answer) => answer.status)`
    expect(await page.evaluate(login)).toBe(200)
    const first: string = await page.evaluate('client.token()')
    expect(claimsOf(first).gen).toBe(0)

    server.advance(16 * MINUTE)
    expect(
      await page.evaluate(
        `client.fetch('me').then(async (answer) => [answer.status, (await answer.json()).user.username, answer.headers.get('x-jwt')])`,
      ),
    ).toEqual([200, 'ada', await page.evaluate('client.token()')])
    expect(claimsOf(await page.evaluate('client.token()')).gen).toBe(1)

    expect(
      await page.evaluate(
        `client.fetch('me/sessions?except=current', { method: 'DELETE' }).then((answer) => answer.json())`,
      ),
    ).toEqual({ revoked: 0 })
    const renewed = requests.find(({ path, headers }) => path === '/me' && headers['x-jwt'] !== undefined)
    expect(renewed?.headers['access-control-expose-headers']?.split(/,\s*/)).toContain('X-JWT')
    expect(renewed?.headers['access-control-allow-origin']).toBe(origin)
    expect(renewed?.headers['vary']).toMatch(/origin/i)
    expect(renewed?.headers).not.toHaveProperty('access-control-allow-credentials')
  })

  it('is told by the preflight what it may send', async () => {
    const origin = await otherOrigin()
    const server = await stage.server({ corsOrigins: [origin] })
    const preflight = await fetch(`${server.url}/me/sessions`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'DELETE',
        'access-control-request-headers': 'authorization',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE')
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization')
  })

  it('gets nothing where its origin is not on the list', async () => {
    const origin = await otherOrigin()
    const server = await stage.server({ corsOrigins: ['https://app.example.org'] })
    await server.addUser('ada')
    const { page, watch } = await stage.visit(origin)
    await page.evaluate(`window.client = slidingJwt.createClient({ baseUrl: '${server.url}' })`)
    const login = `client.login({ username: 'ada', password: '${PASSWORD}' }).then(() => 'answered', (error) => error.name)`
    expect(await page.evaluate(login)).toBe('TypeError')
    expect(await page.evaluate('client.token()')).toBeUndefined()
    expect(await server.sessions.list((await server.users.findByName('ada'))?.id ?? '')).toEqual([])
    expect(watch.forgive()).toMatch(/blocked by CORS policy/)
  })

  it('cannot show the console in a frame', async () => {
    const origin = await otherOrigin()
    const server = await stage.server()
    const { page, watch } = await stage.visit(origin)
    await page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement('iframe')
      frame.src = '${server.url}/console/'
      frame.onload = resolve
      document.body.append(frame)
    })`)
    const [, frame] = page.frames()
    expect(await frame?.locator('h1').count()).toBe(0)
    expect(watch.forgive()).toMatch(/frame-ancestors/)
  })
})
