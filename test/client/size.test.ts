import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { describe, expect, it } from 'vitest'

/** One kilobyte, and no more than that. */
const LIMIT = 1000

/** An adapter comes on top of a package that is many times larger. */
const ADAPTER_LIMIT = 1500

const index = fileURLToPath(new URL('../../src/client/index.ts', import.meta.url))

/** Bundles and minifies what a page would: the names it imports, and what they need. */
async function bundle(code: string): Promise<{ code: string; imports: string[] }> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id.endsWith('page') ? id : null),
        load: (id) => (id.endsWith('page') ? code : null),
      },
    ],
    build: {
      write: false,
      lib: { entry: 'page', formats: ['es'], fileName: 'page' },
      rolldownOptions: { external: ['axios', 'ky'], output: { minify: true } },
    },
  })
  const output = Array.isArray(result) ? result[0] : result
  if (output === undefined || !('output' in output)) throw new Error('nothing was built')
  const [chunk, ...others] = output.output
  expect(others).toEqual([])
  return { code: chunk.code, imports: chunk.imports }
}

function gzipped(code: string): number {
  return gzipSync(code, { level: 9 }).byteLength
}

describe('size', () => {
  it(`of createClient with its default storage: at most ${LIMIT} bytes, minified and gzipped`, async () => {
    const { code, imports } = await bundle(`export { createClient } from ${JSON.stringify(index)}`)
    expect(imports).toEqual([])
    expect(code).not.toMatch(/\n./)
    expect(gzipped(code)).toBeLessThanOrEqual(LIMIT)
    expect(gzipped(code)).toBeGreaterThan(500)
  })

  it('grows by what is imported only', async () => {
    const alone = await bundle(`export { createClient } from ${JSON.stringify(index)}`)
    expect(alone.code).not.toMatch(/localStorage|sessionStorage|BroadcastChannel/)
    const local = await bundle(`export { createClient, inLocalStorage } from ${JSON.stringify(index)}`)
    expect(local.code).toMatch(/localStorage/)
    expect(local.code).not.toMatch(/sessionStorage|BroadcastChannel/)
  })

  it('of a page that imports and uses nothing: nothing', async () => {
    const { code } = await bundle(
      `import ${JSON.stringify(index)}; import { createClient } from ${JSON.stringify(index)}`,
    )
    expect(code.trim()).toBe('')
  })

  it.each(['axios', 'ky'])(
    'of the adapter for %s: small, with nothing of the client or of the package',
    async (name) => {
      const entry = index.replace('index.ts', `${name}.ts`)
      const { code, imports } = await bundle(`export * from ${JSON.stringify(entry)}`)
      expect(imports).toEqual([])
      expect(gzipped(code)).toBeLessThanOrEqual(ADAPTER_LIMIT)
      expect(code).not.toMatch(/x-jwt/i)
    },
  )
})
