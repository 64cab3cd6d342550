import { type Profiler, Session } from 'node:inspector/promises'

const session = new Session()

/** Microseconds between two looks at the stack. */
const INTERVAL = 200

/** Begins to look where this process spends its time. */
export async function startProfile(): Promise<void> {
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL })
  await session.post('Profiler.start')
}

/** What it saw. */
export async function stopProfile(): Promise<Profiler.Profile> {
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  return profile
}
