import { readFileSync } from 'node:fs'
import { ConfigurationError, type SharedKeyOption } from '../index.ts'
import { codeOf } from './key-file.ts'

const TAKES = 'the path of a file {"audience": "shared key of at least 32 bytes"}'

/**
 * The servers that take the tokens, too, with the keys that are shared with them; what they look like is for the
 * library to judge.
 *
 * @throws ConfigurationError where the file cannot be read or is no JSON.
 */
export function readResourceFile(path: string): Readonly<Record<string, SharedKeyOption>> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const reason =
      error instanceof SyntaxError ? 'which is no JSON' : `which cannot be read (${codeOf(error)})`
    throw new ConfigurationError('RESOURCE_KEYS', `${JSON.stringify(path)}, ${reason}`, TAKES)
  }
}
