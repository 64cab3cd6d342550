import { expect, it } from 'vitest'
import { homeOf, missingAddresses } from '../../tools/package/addresses.ts'

const HOME = 'https://git.example.org/ada/sliding-jwt'
const WHOLE = {
  repository: { type: 'git', url: `git+${HOME}.git` },
  bugs: { url: `${HOME}/issues` },
  homepage: `${HOME}#readme`,
}

it.each([
  ['all of them', WHOLE, HOME, undefined],
  ['all of them, where the repository is not known', WHOLE, undefined, undefined],
  [
    'none',
    {},
    undefined,
    /'repository.url=git\+https:\/\/HOST\/OWNER\/NAME.git' 'bugs.url=.*' 'homepage=.*'$/,
  ],
  [
    'none, where the repository is known',
    {},
    HOME,
    /set 'repository.type=git' 'repository.url=git\+https:\/\/git.ex/,
  ],
  ['no page for bugs', { ...WHOLE, bugs: {} }, HOME, /set 'bugs.url=https:\/\/git.example.org\/.*issues'$/],
  ['those of another repository', WHOLE, `${HOME}-fork`, /sliding-jwt-fork.git' 'bugs.url=/],
  ['an abbreviation', { ...WHOLE, repository: 'ada/sliding-jwt' }, undefined, /set 'repository.type=git'/],
])('what a release misses with %s', (_what, description, home, expected) => {
  const missing = missingAddresses(description, home)
  if (expected === undefined) expect(missing).toBeUndefined()
  else expect(missing).toMatch(expected)
})

it('knows the repository of a workflow', () => {
  const environment = { GITHUB_SERVER_URL: 'https://git.example.org', GITHUB_REPOSITORY: 'ada/sliding-jwt' }
  expect([homeOf(environment), homeOf({})]).toEqual([HOME, undefined])
})
