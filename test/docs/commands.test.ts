import { describe, expect, it } from 'vitest'
import { freePort } from '../../examples/nginx/nginx.ts'
import { isInstalled } from '../examples/run.ts'
import { BLOCKS, type Block, PAGES } from './blocks.ts'
import { fromSource } from './programs.ts'
import { runCommands } from './terminal.ts'
import { normalised, patternOf, type Step, stepsOf } from './transcript.ts'

/** The commands of a page, in its order, as one story. */
function storyOf(page: string): (Step & { readonly place: string })[] {
  return BLOCKS.filter((block) => block.page === page && block.reason === undefined).flatMap((block) =>
    commandsOf(block).map((step) => ({ ...step, place: `${page}:${block.line}: ${step.command}` })),
  )
}

function commandsOf({ language, code }: Block): Step[] {
  if (language === 'console') return stepsOf(code)
  return language === 'sh' ? [{ command: code, shown: '' }] : []
}

/** The first program of a page, on a port. */
function programOf(page: string, port: number): string | undefined {
  const block = BLOCKS.find((each) => each.page === page && each.language === 'ts')
  return block && fromSource(block.code.replace('listen(3000', `listen(${port}`))
}

const STORIES = PAGES.map((page) => [page, storyOf(page)] as const).filter(([, story]) => story.length > 0)

describe.skipIf(!isInstalled('curl'))('commands of the documentation', () => {
  it.each(STORIES)('%s: each prints what is shown, or just succeeds', async (page, story) => {
    const port = await freePort()
    const results = await runCommands(story, port, programOf(page, port))
    for (const [index, { printed, isSuccess }] of results.entries()) {
      const { place, shown } = story[index] as (typeof story)[number]
      if (shown.trim() === '') expect(isSuccess, `${place}: ${printed}`).toBe(true)
      else expect(normalised(printed), place).toMatch(patternOf(shown))
    }
  })

  it('there are some', () => {
    expect(STORIES.map(([page]) => page)).toEqual(
      expect.arrayContaining(['README.md', 'docs/getting-started.md', 'docs/http-api.md']),
    )
  })
})

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
  ])('%s', (_what, shown, printed, expected) => {
    expect(patternOf(shown).test(normalised(printed))).toBe(expected)
  })
})
