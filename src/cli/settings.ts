import { type Config, readConfig } from '../server/config.ts'
import { flagOf, SETTINGS } from '../server/settings.ts'
import type { Call, Command } from './command.ts'

/** The flags of the given variables; without a list, of all that may be given as a flag. */
export function settingOptions(variables?: readonly string[]): Command['options'] {
  const settings = SETTINGS.filter(
    ({ variable, isVariableOnly }) => isVariableOnly !== true && (variables?.includes(variable) ?? true),
  )
  return Object.fromEntries(
    settings.map(({ variable, meaning, byDefault }) => [
      flagOf(variable),
      { type: 'string', meaning: `${variable}: ${meaning}${byDefault === '' ? '' : ` (${byDefault})`}` },
    ]),
  )
}

/** The variables that may not be given as a flag. */
export function variablesOnly(): NonNullable<Command['variables']> {
  return SETTINGS.flatMap(({ variable, meaning, isVariableOnly }) =>
    isVariableOnly === true ? [[variable, meaning] as const] : [],
  )
}

/** Reads the settings of a call: a flag wins over the environment. */
export function configOf({ flags, terminal }: Call): Config {
  const values = SETTINGS.map(({ variable }) => {
    const flag = flags[flagOf(variable)]
    return [variable, typeof flag === 'string' ? flag : terminal.environment[variable]]
  })
  return readConfig(Object.fromEntries(values))
}
