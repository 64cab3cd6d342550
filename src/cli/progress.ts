import type { Terminal } from './command.ts'

/** Redrawn this often. */
const FRAME_MS = 100

const WIDTH = 24
const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/** Shows how far something is: a bar where that is known, else that it goes on. */
export interface ProgressLine {
  /** From 0 to 1. */
  at(share: number): void
}

/**
 * Runs something that can take long. A person at a terminal sees a line of progress on standard error, which is
 * gone in the end; scripts and `--json` see nothing of it.
 */
export async function withProgress<T>(
  { error }: Terminal,
  label: string,
  isJson: boolean,
  work: (line: ProgressLine) => Promise<T>,
): Promise<T> {
  if (error.isTTY !== true || isJson) return work({ at: () => undefined })
  const started = performance.now()
  let share: number | undefined
  let frame = 0
  const timer = setInterval(() => {
    frame += 1
    const seconds = Math.floor((performance.now() - started) / 1000)
    error.write(`\r\x1b[K${label} ${drawn(share, frame)} ${seconds} s`)
  }, FRAME_MS)
  try {
    return await work({
      at: (now) => {
        share = now
      },
    })
  } finally {
    clearInterval(timer)
    error.write('\r\x1b[K')
  }
}

function drawn(share: number | undefined, frame: number): string {
  if (share === undefined) return SPINNER[frame % SPINNER.length] ?? ''
  const full = Math.round(share * WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${String(Math.floor(share * 100)).padStart(3)} %`
}
