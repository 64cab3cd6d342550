/** A command as a page shows it, with what it prints. */
export interface Step {
  readonly command: string
  readonly shown: string
}

/** The commands of a `console` block: what follows `$ `, with continued lines; everything else is output. */
export function stepsOf(transcript: string): Step[] {
  const steps: { command: string; shown: string }[] = []
  let isContinued = false
  for (const line of transcript.split('\n')) {
    const last = steps.at(-1)
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), shown: '' })
    else if (last !== undefined && isContinued) last.command += `\n${line}`
    else if (last !== undefined) last.shown += `${line}\n`
    isContinued = line.endsWith('\\')
  }
  return steps
}

/**
 * What a shown output matches: `…` stands for anything within a line, or as a line of its own for one line or more;
 * blanks stand for any number of them, and what stands behind two blanks and a `#` is said to the reader.
 */
export function patternOf(shown: string): RegExp {
  const lines = shown
    .trim()
    .split('\n')
    .map((line) => line.replace(/ {2,}# .*$/, '').trim())
    .map((line) => (line === '…' ? '[^]*' : line.split('…').map(patternOfText).join('.*')))
  return new RegExp(`^${lines.join('\\n')}$`)
}

function patternOfText(text: string): string {
  return text
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[ \\t]+')
}

/** An output in the form that `patternOf` compares. */
export function normalised(output: string): string {
  return output
    .replaceAll('\r', '')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim()
}
