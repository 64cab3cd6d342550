import type { Application } from 'express'

/** What Express's router is made of, as far as it matters here. */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> }
  readonly handle: { readonly stack?: readonly Layer[] }
  /** Whether it is mounted at `/`. */
  readonly slash: boolean
  /** The path that the last match took. */
  readonly path?: string
  match(path: string): boolean
}

/**
 * Every route of an app, such as `GET /me/sessions/{jti}`. Express forgets where a router is mounted, so the
 * first segments of known paths are tried; a router that is mounted elsewhere is an error.
 */
export function routesOf(app: Application, known: readonly string[]): string[] {
  const places = new Set(known.map((path) => `/${path.split('/')[1]}`))
  const stack = (app as unknown as { router: { stack: readonly Layer[] } }).router.stack
  // Of the page of errors there are two: the first one answers.
  return [...new Set(routesIn(stack, '', places))].sort()
}

function routesIn(stack: readonly Layer[], prefix: string, places: ReadonlySet<string>): string[] {
  return stack.flatMap((layer) => {
    const { route, handle } = layer
    if (route !== undefined) {
      const path = `${prefix}${route.path}`.replace(/:(\w+)/g, '{$1}')
      return Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${path}`)
    }
    if (handle.stack === undefined) return []
    return routesIn(handle.stack, `${prefix}${placeOf(layer, places)}`, places)
  })
}

function placeOf(layer: Layer, places: ReadonlySet<string>): string {
  if (layer.slash) return ''
  const place = [...places].find((candidate) => layer.match(candidate))
  if (place === undefined) throw new Error('a router is mounted where no documented path begins')
  return place
}
