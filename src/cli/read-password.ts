import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CommandError, type Terminal } from './command.ts'

/**
 * Reads a password: from a person by a prompt that shows nothing of it, asked twice; else the first line of
 * standard input. Never from an argument, which other users of the machine can read.
 */
export async function readPassword(terminal: Terminal): Promise<string> {
  if (terminal.input.isTTY !== true) return firstLine(terminal)
  const password = await prompt(terminal, 'Password: ')
  if ((await prompt(terminal, 'Once more: ')) !== password) {
    throw new CommandError('body_invalid', 'the two passwords differ')
  }
  return password
}

async function firstLine({ input }: Terminal): Promise<string> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  for await (const line of lines) return line
  throw new CommandError('body_invalid', 'a password is expected on standard input')
}

async function prompt({ input, output }: Terminal, question: string): Promise<string> {
  output.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input, output: nowhere, terminal: true })
  return new Promise((resolve, reject) => {
    let isAnswered = false
    lines.once('SIGINT', () => lines.close())
    lines.once('close', () => {
      if (!isAnswered) reject(new CommandError('cancelled', 'cancelled'))
    })
    lines.question('', (line) => {
      isAnswered = true
      lines.close()
      output.write('\n')
      resolve(line)
    })
  })
}
