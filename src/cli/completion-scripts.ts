import type { Command } from './command.ts'

/** For bash: looks for the longest command that the words so far begin with. */
export function bashScript(commands: readonly Command[]): string {
  const cases = commands.map(({ name }) => `    '${name} '*) words='${flagsOf(commands, name).join(' ')}' ;;`)
  return `# bash completion of sliding-jwt
_sliding_jwt() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line words
  line="\${COMP_WORDS[*]:1:COMP_CWORD-1} "
  case "$line" in
    ' ') words='${firstWords(commands).join(' ')} --help --version' ;;
${groups(commands)
  .map((group) => `    '${group} ') words='${secondWords(commands, group).join(' ')}' ;;`)
  .join('\n')}
${cases.join('\n')}
    *) words='' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _sliding_jwt sliding-jwt`
}

/** For zsh: each command and flag with what it means. */
export function zshScript(commands: readonly Command[]): string {
  const cases = commands.map(
    ({ name, options }) =>
      `    '${name} '*) _arguments '*:file:_files' ${[...described(options)].map(([flag, meaning]) => `'--${flag}[${zshText(meaning)}]'`).join(' ')} ;;`,
  )
  const firsts = firstWords(commands).map((word) => `'${word}:${zshText(meaningOf(commands, word))}'`)
  return `#compdef sliding-jwt
_sliding_jwt() {
  local line="\${words[2,CURRENT-1]} "
  local -a commands
  case "$line" in
    ' ') commands=(${firsts.join(' ')}); _describe command commands ;;
${groups(commands)
  .map((group) => {
    const seconds = secondWords(commands, group).map(
      (word) => `'${word}:${zshText(meaningOf(commands, `${group} ${word}`))}'`,
    )
    return `    '${group} ') commands=(${seconds.join(' ')}); _describe command commands ;;`
  })
  .join('\n')}
${cases.join('\n')}
  esac
}
_sliding_jwt "$@"`
}

/** For fish: one line for each word. */
export function fishScript(commands: readonly Command[]): string {
  const line = (condition: string, rest: string) => `complete -c sliding-jwt -n '${condition}' ${rest}`
  return [
    '# fish completion of sliding-jwt',
    ...firstWords(commands).map((word) =>
      line('__fish_use_subcommand', `-f -a ${word} -d '${fishText(meaningOf(commands, word))}'`),
    ),
    ...groups(commands).flatMap((group) => {
      const words = secondWords(commands, group)
      const condition = `__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${words.join(' ')}`
      return words.map((word) =>
        line(condition, `-f -a ${word} -d '${fishText(meaningOf(commands, `${group} ${word}`))}'`),
      )
    }),
    ...commands.flatMap(({ name, options }) => {
      const condition = name
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and ')
      return [...described(options)].map(([flag, meaning, takesValue]) =>
        line(condition, `-l ${flag}${takesValue ? ' -r' : ''} -d '${fishText(meaning)}'`),
      )
    }),
  ].join('\n')
}

function firstWords(commands: readonly Command[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))]
}

/** First words that another one follows. */
function groups(commands: readonly Command[]): string[] {
  return firstWords(commands).filter((word) => secondWords(commands, word).length > 0)
}

function secondWords(commands: readonly Command[], group: string): string[] {
  return commands.flatMap(({ name }) => (name.startsWith(`${group} `) ? name.slice(group.length + 1) : []))
}

function flagsOf(commands: readonly Command[], name: string): string[] {
  const command = commands.find((candidate) => candidate.name === name)
  return [...described(command?.options ?? {})].map(([flag]) => `--${flag}`)
}

/** Flags with their meaning, and whether a value follows. */
function* described(options: Command['options']): Generator<readonly [string, string, boolean]> {
  for (const [flag, { meaning, type }] of Object.entries(options)) yield [flag, meaning, type === 'string']
  yield ['json', 'answers for machines', false]
  yield ['help', 'help, with examples', false]
}

/** A group means what its commands are about. */
function meaningOf(commands: readonly Command[], name: string): string {
  const command = commands.find((candidate) => candidate.name === name)
  return command?.meaning ?? `commands on ${name}`
}

function zshText(text: string): string {
  return text.replace(/'/g, '’').replace(/[[\]:\\]/g, (character) => `\\${character}`)
}

function fishText(text: string): string {
  return text.replace(/['\\]/g, (character) => `\\${character}`)
}
