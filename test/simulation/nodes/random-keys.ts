import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import type { Prng } from '../prng.ts'

/**
 * Has the keys of sessions drawn from a seed. A batch is written in the order of its keys, so that what follows from
 * it depends on them: with keys by chance, a world would not run the same way again. Answers with how to stop it.
 */
export function drawKeysFrom(prng: Prng): () => void {
  const real = crypto.randomBytes
  const drawn = (size: number) => Buffer.from(Array.from({ length: size }, () => prng.between(0, 255)))
  replace(drawn as typeof real)
  return () => replace(real)
}

function replace(randomBytes: typeof crypto.randomBytes): void {
  Object.assign(crypto, { randomBytes })
  syncBuiltinESMExports()
}
