/** What a child process can be asked, by name. */
export type Questions = Readonly<Record<string, (input: never) => unknown>>

/** A question on its way to a child process. */
export interface Asked {
  readonly id: number
  readonly name: string
  readonly input: unknown
}

/** Its answer: a value, or what went wrong. */
export interface Answered {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** In a child process: answers its parent's questions, and ends with it, once it has put away what it has. */
export function answer(questions: Questions, putAway: () => void | Promise<void> = () => undefined): void {
  process.on('message', async ({ id, name, input }: Asked) => {
    const reply = (answered: Omit<Answered, 'id'>) => process.send?.({ id, ...answered })
    try {
      const question = questions[name] as ((input: unknown) => unknown) | undefined
      if (question === undefined) throw new Error(`nobody answers ${name}`)
      reply({ value: await question(input) })
    } catch (error) {
      reply({ error: (error as Error).stack ?? String(error) })
    }
  })
  process.on('disconnect', async () => {
    await putAway()
    process.exit()
  })
}
