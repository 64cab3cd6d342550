import type { Readable, Writable } from 'node:stream'
import type { ParseArgsOptionDescriptor } from 'node:util'
import type { ErrorCode } from '../index.ts'

/** Exit codes of every command: done, failed, called wrongly. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const

/** What a command reads from and writes to. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown }
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly error: Writable & { readonly isTTY?: boolean }
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** A command as it was called. */
export interface Call {
  readonly terminal: Terminal
  readonly positionals: readonly string[]
  readonly flags: Readonly<Record<string, string | boolean | undefined>>
}

/** One command of `sliding-jwt`. */
export interface Command {
  /** Its words, such as `user add`. */
  readonly name: string
  /** Names of the positional arguments. */
  readonly takes: readonly string[]
  readonly meaning: string
  /** What follows `sliding-jwt`, for the help. */
  readonly examples?: readonly string[]
  readonly options: Readonly<Record<string, ParseArgsOptionDescriptor & { readonly meaning: string }>>
  /** Environment variables that it reads and has no option for, with what they mean. */
  readonly variables?: readonly (readonly [variable: string, meaning: string])[]
  /** Answers with the exit code. */
  run(call: Call): Promise<number>
}

/** The command was called wrongly: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Those of the library, and what only a command can meet. */
type CommandErrorCode = ErrorCode | 'cancelled' | 'not_supported' | 'backup_failed'

/** What was asked for cannot be done: exit code 1, with a stable code for machines. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: CommandErrorCode

  constructor(code: CommandErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
