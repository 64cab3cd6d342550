import { flagOf, SETTINGS, type Setting } from '../../src/server/settings.ts'
import { eventRows, methodRows } from './face.ts'
import { type Option, optionsOf } from './options.ts'

/** The page of all options and settings, made from where they are declared. */
export function configurationPage(): string {
  return `${[
    '# Configuration',
    'Made from the source by `npm run docs`. Durations are `15m`, `7d`, `1500ms` or a number of seconds: milliseconds, seconds, minutes, hours and days (`ms`, `s`, `m`, `h`, `d`).',
    '## The server',
    'Each setting is an environment variable, and a flag of `sliding-jwt serve` where the table has one; the flag wins. What cannot be used stops the start, with one line that names the variable, what it got and what it takes. An empty variable counts as none; but an empty `JWT_SECRET` stops the start, as it was meant to be one.',
    table(['variable', 'flag', 'default', 'meaning'], SETTINGS.map(settingRow)),
    'A command line can be read by other users of the machine, so what is secret has no flag. `JWT_SECRET` is the exception: give it as a variable, and a `DATABASE_URL` with a password in it, too.',
    '## The library',
    'The options of `slidingSession`. A name that is none is an error, which tells the nearest right one.',
    sections([
      ...optionsOf('src/sliding-session.ts', 'SlidingSessionOptions'),
      ...optionsOf('src/protocol/policy.ts', 'PolicyOptions'),
    ]),
    '## fingerprint, part by part',
    'An object in place of `off`, `balanced` or `strict`; or a function of `(reference, presented)`, each with `ip` and `userAgent`, that answers true where the client may be the one that logged in.',
    sections(optionsOf('src/protocol/fingerprint.ts', 'FingerprintRule')),
    '## authenticate',
    'What a route asks for: `sessions.authenticate({ … })`.',
    sections(optionsOf('src/express/requirements.ts', 'AuthenticateOptions')),
    '## revoke and revokeAll',
    'The options of `sessions.revoke` and `sessions.revokeAll`; `except` is for the latter.',
    sections([
      ...optionsOf('src/express/face.ts', 'RevokeOptions'),
      ...optionsOf('src/express/face.ts', 'RevokeAllOptions'),
    ]),
    '## What slidingSession gives',
    'Where the database does not answer, a promise rejects with a `SlidingSessionError` `unavailable`.',
    table(['call', 'what it does'], methodRows()),
    '## Events',
    '`sessions.on(name, listener)`. No event carries a token; a listener that throws becomes a warning of the process, and breaks no request.',
    table(['event', 'when', 'what a listener is told'], eventRows()),
    '## A resource server',
    'The options of `resourceServer` of `sliding-jwt/resource`; [resource servers](resource-servers.md) has the rest.',
    sections(optionsOf('src/resource/options.ts', 'ResourceOptions')),
    '## The client',
    'The options of `createClient`; [clients](clients.md) has the rest.',
    sections(optionsOf('src/client/client.ts', 'ClientOptions')),
  ].join('\n\n')}\n`
}

function settingRow({ variable, byDefault, meaning, isVariableOnly }: Setting): string[] {
  const flag = isVariableOnly === true ? '' : `\`--${flagOf(variable)}\``
  return [`\`${variable}\``, flag, byDefault === '' ? '' : `\`${byDefault}\``, meaning]
}

function sections(options: readonly Option[]): string {
  return options
    .map(({ name, type, isNeeded, meaning }) =>
      [`### ${name}`, `\`${type}\`${isNeeded ? ', needed' : ''}`, meaning].join('\n\n'),
    )
    .join('\n\n')
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`.replaceAll(/ {2,}/g, ' ')
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}
