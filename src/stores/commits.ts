import { channel } from 'node:diagnostics_channel'

/** What is told of each commit: how many writes shared it, and how long it took until they were durable. */
export interface Commit {
  readonly writes: number
  readonly milliseconds: number
}

const commits = channel('sliding-jwt:commit')

/** When a commit begins: the time, where anybody listens. */
export function startCommit(): number {
  return commits.hasSubscribers ? performance.now() : 0
}

/** When it is done, with what `startCommit` gave. */
export function endCommit(started: number, writes: number): void {
  if (!commits.hasSubscribers) return
  commits.publish({ writes, milliseconds: performance.now() - started } satisfies Commit)
}

/** Tells of every commit of this process; answers with how to stop it. */
export function onCommit(listener: (commit: Commit) => void): () => void {
  const subscriber = (message: unknown): void => listener(message as Commit)
  commits.subscribe(subscriber)
  return () => void commits.unsubscribe(subscriber)
}
