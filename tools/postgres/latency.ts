import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { SessionStore } from '../../src/stores/store.ts'

const PROCESSES = 3

export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Revocations, times processes. */
  readonly count: number
}

/** What a watcher tells: the session, and when its memory knew, on the clock that all processes share. */
export interface Known {
  readonly jti: string
  readonly at: string
}

/** How long after a revocation was acknowledged the memory of other processes knows of it, in milliseconds. */
export async function measureLatency(
  store: SessionStore,
  url: string,
  revocations: number,
): Promise<Latency> {
  const jtis = await addSessions(store, revocations)
  const watchers = Array.from({ length: PROCESSES }, () =>
    fork(new URL('./watcher.ts', import.meta.url), [url]),
  )
  try {
    await Promise.all(watchers.map((watcher) => prepare(watcher, jtis)))
    const known = new Map<string, bigint[]>(jtis.map((jti) => [jti, []]))
    for (const watcher of watchers) {
      watcher.on('message', ({ jti, at }: Known) => known.get(jti)?.push(BigInt(at)))
    }
    const delays: number[] = []
    for (const jti of jtis) {
      await store.revoke({ jti }, 'revoked', Date.now())
      const acknowledged = process.hrtime.bigint()
      while ((known.get(jti)?.length ?? 0) < PROCESSES) await new Promise((resolve) => setTimeout(resolve, 1))
      for (const at of known.get(jti) ?? []) delays.push(Math.max(0, Number(at - acknowledged) / 1e6))
    }
    return summary(delays)
  } finally {
    for (const watcher of watchers) watcher.disconnect()
  }
}

async function addSessions(store: SessionStore, count: number): Promise<string[]> {
  const now = Date.now()
  const client = {
    ip: '203.0.113.7',
    userAgent: 'a browser',
    lastIp: '203.0.113.7',
    lastUserAgent: 'a browser',
  }
  const lineage = { issued: 0, seen: 0, floor: 0, parent: null }
  const jtis = Array.from({ length: count }, () => randomBytes(16).toString('base64url'))
  const times = { createdAt: now, updatedAt: now, revokedAt: null, revokedReason: null }
  await Promise.all(
    jtis.map((jti) => store.create({ jti, userId: 'ada', valid: true, ...client, ...lineage, ...times })),
  )
  return jtis
}

async function prepare(watcher: ChildProcess, jtis: readonly string[]): Promise<void> {
  watcher.send(jtis)
  await once(watcher, 'message')
}

function summary(delays: readonly number[]): Latency {
  const sorted = [...delays].sort((one, other) => one - other)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return { p50: at(0.5), p99: at(0.99), max: at(1), count: sorted.length }
}
