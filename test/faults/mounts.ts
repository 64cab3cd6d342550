import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerProcess } from '../support/server-process.ts'

/** Root has file systems of its own as it is; others may be root in a world of their own. Either may be forbidden. */
const WORLDS = [
  ['unshare', '--mount'],
  ['unshare', '--user', '--map-root-user', '--mount'],
]
const world = WORLDS.find(
  ([command = '', ...args]) =>
    spawnSync(command, [...args, 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0,
)

/** Whether a process here can be given file systems that nobody else sees. */
export const canMount: boolean = world !== undefined

/** Runs a server with a small disk of its own in place of a folder; the disk goes with the server. */
export function onSmallDisk(folder: string, size: string): readonly string[] {
  return inWorld('mount -t tmpfs -o "size=$1" tmpfs "$0" && shift && exec "$@"', folder, size)
}

/** Runs a server for which a folder can only be read. */
export function onReadOnlyDisk(folder: string): readonly string[] {
  return inWorld('mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"', folder)
}

/** A path as a server sees it that has a disk of its own. */
export function seenBy({ child }: ServerProcess, path: string): string {
  return join(`/proc/${child.pid}/root`, path)
}

function inWorld(script: string, ...args: readonly string[]): readonly string[] {
  return [...(world ?? []), 'sh', '-c', script, ...args]
}
