import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { freePort } from '../../examples/nginx/nginx.ts'
import { PATH } from '../../examples/nginx/program.ts'
import { stage } from '../../tools/package/stage.ts'
import { isInstalled } from '../examples/run.ts'
import { blocksOf, ROOT } from './blocks.ts'
import { expectShown } from './shown.ts'
import { FROM_CHECKOUT } from './stories.ts'
import { runCommands } from './terminal.ts'
import { type Step, stepsOf } from './transcript.ts'

/** From a checkout to a route of one's own: how to get the package, the app, and what is asked of it. */
const blocks = blocksOf('README.md')
const first = blocks.findIndex(({ code, reason }) => reason === undefined && FROM_CHECKOUT.test(code))
const [install, app, asked] = blocks.slice(first, first + 3)

const MODULES = fileURLToPath(new URL('node_modules/', ROOT))

/**
 * The packages that are installed are those of this checkout, linked, as tests ask no registry; the package itself is
 * what npm has packed. Its build is in place already.
 */
const NPM = `
  ci) exit 0 ;;
  pack) PATH='${PATH}' exec npm pack --ignore-scripts ;;
  init) PATH='${PATH}' exec npm "$@" ;;
  install)
    shift
    link() { mkdir -p "$(dirname "node_modules/$1")"; [ -e "node_modules/$1" ] || ln -s '${MODULES}'"$1" "node_modules/$1"; }
    for each in "$@"; do
      case $each in
        *.tgz)
          mkdir -p node_modules/sliding-jwt && tar -xzf "$each" --strip-components 1 -C node_modules/sliding-jwt || exit 1
          for name in $(node -p 'Object.keys(require("./node_modules/sliding-jwt/package.json").dependencies).join(" ")'); do
            link "$name" || exit 1
          done ;;
        *) link "$each" || exit 1 ;;
      esac
    done
    exit 0 ;;`

describe.skipIf(!isInstalled('curl'))('README.md, from a checkout to a route of one’s own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-first-steps-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('packs the package, installs it in a folder beside it, and protects a route', {
    timeout: 240_000,
  }, async () => {
    expect([install?.language, app?.language, asked?.language]).toEqual(['sh', 'ts', 'console'])
    const checkout = join(folder, 'sliding-jwt')
    stage(checkout)
    const ports = new Map([[3000, await freePort()]])
    const steps: Step[] = [{ command: install?.code ?? '', shown: '' }]
    const common = { standIns: [], ports, npm: NPM }
    expectShown(steps, await runCommands(steps, { ...common, folder: checkout, program: undefined }))
    const asking = stepsOf(asked?.code ?? '')
    expectShown(
      asking,
      await runCommands(asking, { ...common, folder: join(folder, 'my-app'), program: app?.code }),
    )
  })
})
