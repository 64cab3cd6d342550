import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../examples/nginx/nginx.ts'
import { emptyPostgres, hasPostgres } from '../support/postgres.ts'
import { BLOCKS, EXAMPLES, PAGES, ROOT } from './blocks.ts'
import { fromSource } from './programs.ts'
import { expectShown } from './shown.ts'
import { type Story, storiesOf } from './stories.ts'
import { type Place, runCommands } from './terminal.ts'
import { normalised, patternOf } from './transcript.ts'

const STORIES = [...PAGES, ...EXAMPLES].flatMap(storiesOf)

const HERE = fileURLToPath(ROOT)

/** What is there where the package is installed, and a reader’s own SDK registered. */
const INSTALLED = `mkdir -p node_modules/.bin && ln -s '${HERE}bin/sliding-jwt.js' node_modules/.bin/sliding-jwt &&
echo "import '@opentelemetry/api'" > telemetry.js`

/** What stands for the reader's own, or takes long, and what is put in its place here. */
async function standIns(): Promise<Place['standIns']> {
  return [
    ['--directory examples/', `--directory '${HERE}'examples/`],
    ['node --import ./telemetry.js', `${INSTALLED} && node --import ./telemetry.js`],
    ['--steps 1000000', '--steps 3000'],
    ['npm run simulate -- --compare', `npm run simulate -- --compare --worlds 1 --into "$PWD"`],
    ['JWT_SECRET=…', "JWT_SECRET='a secret of the reader, 32 bytes or more'"],
    [
      'postgres://sliding:…@db.internal/sliding?sslmode=verify-full',
      hasPostgres ? await emptyPostgres() : '',
    ],
  ]
}

/** The first program of a page. */
function programOf(page: string): string | undefined {
  const block = BLOCKS.find((each) => each.page === page && each.language === 'ts')
  return block && fromSource(block.code)
}

describe('commands of the documentation', { timeout: 120_000 }, () => {
  it.for(STORIES)('$place: each prints what is shown, or just succeeds', async (story, { skip }) => {
    skip(story.lacks !== undefined, `${story.lacks} is not here`)
    await expectStory(story)
  })

  it('there are some', () => {
    expect(STORIES.map(({ page }) => page)).toEqual(
      expect.arrayContaining(['README.md', 'docs/getting-started.md', 'docs/http-api.md']),
    )
  })
})

async function expectStory({ page, steps }: Story): Promise<void> {
  const results = await runCommands(steps, {
    program: programOf(page),
    standIns: await standIns(),
    npm: 'install) exit 0 ;;',
    ports: new Map([
      [3000, await freePort()],
      [8080, await freePort()],
    ]),
  })
  expectShown(steps, results)
}

describe('what is shown', () => {
  it.each([
    ['the same', 'HTTP/1.1 200 OK\n', 'HTTP/1.1 200 OK\r\n', true],
    ['something else', 'HTTP/1.1 200 OK\n', 'HTTP/1.1 401 Unauthorized', false],
    ['more than is shown', 'one\n', 'one\ntwo', false],
    ['what is left out', '{"a":1,…}\n', '{"a":1,"b":2}', true],
    ['less than what is left out', '{"a":1,…}\n', '{"a":1', false],
    ['other blanks', 'NAME  ROLE\n', 'NAME   ROLE', true],
    ['a remark', 'X-JWT: …      # it had expired\n', 'X-JWT: eyJ', true],
    ['nothing', '', '', true],
    ['something where nothing is shown', '', 'oh', false],
    ['lines that are left out', 'one\n…\nfour\n', 'one\ntwo\nthree\nfour', true],
    ['lines that are left out, and another end', 'one\n…\nfour\n', 'one\ntwo\nthree', false],
    ['no line where some are left out', 'one\n…\nfour\n', 'one\nfour', false],
  ])('%s', (_what, shown, printed, expected) => {
    expect(patternOf(shown).test(normalised(printed))).toBe(expected)
  })
})
