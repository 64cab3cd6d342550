import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Where a process runs: the server has one core for itself, the load and everything else another one. */
export type Place = 'server' | 'load' | 'spare'

const hasTaskset = isThere('taskset')
const hasChrt = isThere('chrt')

/** Whether server and load really have a core each. */
export const isPinned = hasTaskset && availableParallelism() > 1

/** The command that starts another one at its place; `spare` is the load's core when nobody else wants it. */
export function commandAt(place: Place, command: readonly string[]): readonly string[] {
  const core = place === 'server' ? '0' : '1'
  const pinned = isPinned ? ['taskset', '-c', core, ...command] : command
  return place === 'spare' && hasChrt ? ['chrt', '-i', '0', ...pinned] : pinned
}

/** Moves this very process to the load's core. */
export function moveToLoadCore(): void {
  if (isPinned) execFileSync('taskset', ['-cp', '1', String(process.pid)], { stdio: 'ignore' })
}

function isThere(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
