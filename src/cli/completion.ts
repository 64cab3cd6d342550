import { type Command, UsageError } from './command.ts'
import { bashScript, fishScript, zshScript } from './completion-scripts.ts'
import { answer } from './output.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

/** The command that prints the completion of all, itself among them. */
export function completionOf(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    takes: ['SHELL'],
    meaning: 'prints the completion for bash, zsh or fish',
    examples: [
      'completion bash > /etc/bash_completion.d/sliding-jwt',
      'completion zsh > ~/.zfunc/_sliding-jwt',
      'completion fish > ~/.config/fish/completions/sliding-jwt.fish',
    ],
    options: {},
    async run({ terminal, positionals, flags }) {
      const shell = positionals[0] as keyof typeof SCRIPTS
      if (!Object.hasOwn(SCRIPTS, shell)) throw new UsageError('completion takes bash, zsh or fish')
      const script = SCRIPTS[shell](commands())
      return answer(terminal, flags['json'] === true, { script }, script)
    },
  }
}
