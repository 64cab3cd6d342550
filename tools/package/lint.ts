import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

/** What publint finds in a packed package: nothing, where all is well. */
export async function lintPackage(tarball: string): Promise<string[]> {
  const packed = readFileSync(tarball)
  const { messages, pkg } = await publint({
    strict: true,
    pack: { tarball: packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength) },
  })
  return messages.map((message) => formatMessage(message, pkg) ?? message.code)
}

/**
 * Whether TypeScript finds the right types of every entry point, by attw; throws with its report where not. It is a
 * package of ES modules: CommonJS gets them by `require` as of Node 22.12, which TypeScript 5.8 and newer know,
 * and attw does not yet. The resolution of Node 10 knows no `exports`.
 */
export function checkTypes(tarball: string): void {
  execFileSync('npx', ['attw', tarball, '--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'], {
    stdio: 'pipe',
  })
}
