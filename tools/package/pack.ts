import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** A packed package. */
export interface Packed {
  readonly tarball: string
  /** Bytes, packed. */
  readonly size: number
  readonly unpackedSize: number
  readonly paths: readonly string[]
}

/** Packs a folder by npm, without its scripts. */
export function pack(folder: string, into: string): Packed {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', into]
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }))
  const { filename, size, unpackedSize, files } = packed
  return {
    tarball: join(into, filename),
    size,
    unpackedSize,
    paths: files.map(({ path }: { path: string }) => path),
  }
}
