import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { commandAt, type Place } from './cores.ts'
import type { Answered, Questions } from './questions.ts'

/** A script of this folder in a process of its own, on a core of its own, which answers questions. */
export class Child<Q extends Questions> {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, (answered: Answered) => void>()
  #asked = 0

  constructor(script: string, place: Place) {
    const path = fileURLToPath(new URL(script, import.meta.url))
    const [command, ...rest] = commandAt(place, [process.execPath, path])
    this.#process = spawn(command as string, rest, {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#process.on('message', (answered: Answered) => {
      this.#waiting.get(answered.id)?.(answered)
      this.#waiting.delete(answered.id)
    })
    this.#process.on('exit', (code) => {
      const error = `${script} ended with code ${code}`
      for (const [id, settle] of this.#waiting) settle({ id, error })
      this.#waiting.clear()
    })
  }

  /** @throws Error where the question failed there, or the process ended. */
  ask<Name extends keyof Q & string>(
    name: Name,
    ...[input]: Parameters<Q[Name]>
  ): Promise<Awaited<ReturnType<Q[Name]>>> {
    const id = ++this.#asked
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ value, error }) => {
        if (error === undefined) resolve(value as Awaited<ReturnType<Q[Name]>>)
        else reject(new Error(`${name}: ${error}`))
      })
      this.#process.send({ id, name, input })
    })
  }

  /** Lets it end by itself, as it does without its parent. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    if (this.#process.connected) this.#process.disconnect()
    await ended
  }
}
