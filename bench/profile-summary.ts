import type { Profiler } from 'node:inspector'

/** A part of the time that a request takes. */
export interface Share {
  readonly what: string
  /** Of all busy time, from 0 to 1. */
  readonly share: number
}

/** The longest of the lists. */
const LISTED = 14

type Node = Profiler.Profile['nodes'][number]

/** What belongs to nobody's request. */
const NOT_BUSY = new Set(['(idle)'])

/** Where the busy time went: by file or package, and by function. */
export function summarise(profile: Profiler.Profile): { places: Share[]; functions: Share[] } {
  const places = new Map<string, number>()
  const functions = new Map<string, number>()
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const parents = parentsOf(profile.nodes)
  let busy = 0
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const node = nodes.get(id)
    const time = profile.timeDeltas?.[index] ?? 0
    if (node === undefined || NOT_BUSY.has(node.callFrame.functionName)) continue
    const place = placeOf(node, parents)
    if (place === 'node:inspector') continue
    busy += time
    add(places, place, time)
    add(functions, `${nameOf(node)}  ${place}`, time)
  }
  return { places: sharesOf(places, busy), functions: sharesOf(functions, busy) }
}

function parentsOf(nodes: readonly Node[]): Map<number, Node> {
  return new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)))
}

/**
 * `src/sessions.ts`, `express`, `node:net`, or what the engine itself did, such as `(garbage collector)`. What is
 * not written in JavaScript counts where it was called.
 */
function placeOf(node: Node, parents: ReadonlyMap<number, Node>): string {
  const { url, functionName } = node.callFrame
  if (url !== '') return fileOf(url)
  const parent = parents.get(node.id)
  if (functionName.startsWith('(') || parent === undefined) return functionName
  return parent.callFrame.functionName === '(root)' ? 'native' : placeOf(parent, parents)
}

function nameOf({ callFrame: { url, functionName } }: Node): string {
  const name = functionName || '(anonymous)'
  const isNative = url === '' && (functionName === '' || !name.startsWith('('))
  return isNative ? `${name} [native]` : name
}

function fileOf(url: string): string {
  const packages = url.split('node_modules/')
  const inside = packages.at(-1) ?? ''
  if (packages.length > 1) return /^(@[^/]+\/)?[^/]+/.exec(inside)?.[0] ?? inside
  return /\/((src|bench)\/.*)$/.exec(url)?.[1] ?? url
}

function add(times: Map<string, number>, key: string, time: number): void {
  times.set(key, (times.get(key) ?? 0) + time)
}

function sharesOf(times: ReadonlyMap<string, number>, busy: number): Share[] {
  return [...times]
    .map(([what, time]) => ({ what, share: time / busy }))
    .sort((a, b) => b.share - a.share)
    .slice(0, LISTED)
}
