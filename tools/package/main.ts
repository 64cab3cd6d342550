import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { homeOf, missingAddresses } from './addresses.ts'
import { checkProject, install, makeConsumer, runProgram } from './consumer.ts'
import { checkTypes, lintPackage } from './lint.ts'
import { pack } from './pack.ts'

/** The versions of Node that the package is for; each is a package of the registry, for this kind of machine. */
const NODES = ['22.14.0', '22.23.3', '24.21.0', '26.10.0']

const { values } = parseArgs({ options: { release: { type: 'boolean', default: false } } })
const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-package-'))
let isRight = true
try {
  await check()
} finally {
  rmSync(folder, { recursive: true })
}
process.exitCode = isRight ? 0 : 1

/** Builds and packs the package, has it judged, and uses it as a stranger would; `--release`: could be published. */
async function check(): Promise<void> {
  if (values.release) {
    const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    tell('repository, bugs, homepage', missingAddresses(description, homeOf(process.env)))
  }
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
  const { tarball, size, unpackedSize, paths } = pack(root, folder)
  console.log(`${paths.length} files, ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked`)
  const found = await lintPackage(tarball)
  tell('publint', found.join('\n') || undefined)
  tell(
    'attw',
    failureOf(() => checkTypes(tarball)),
  )

  const consumer = join(folder, 'consumer')
  const port = await makeConsumer(consumer, tarball)
  tell(
    'types, skipLibCheck: false',
    failureOf(() => checkProject(consumer)),
  )
  for (const version of NODES) {
    const node = installNode(version)
    // Node 22 runs TypeScript by itself as of 22.18.
    const names =
      version === '22.14.0' ? ['module.mjs', 'common.cjs'] : ['typescript.ts', 'module.mjs', 'common.cjs']
    for (const name of names) {
      const wrong =
        node === undefined ? 'is not to be had here' : await runProgram(node, consumer, name, port)
      tell(`Node ${version}: ${name}`, wrong)
    }
  }
}

function installNode(version: string): string | undefined {
  const kind = `node-${process.platform}-${process.arch}`
  const place = join(folder, `node-${version}`)
  mkdirSync(place)
  try {
    install(place, [`${kind}@${version}`])
  } catch {
    return undefined
  }
  const node = join(place, 'node_modules', kind, 'bin', 'node')
  return existsSync(node) ? node : undefined
}

function tell(what: string, wrong: string | undefined): void {
  console.log(`${wrong === undefined ? '✓' : '✗'} ${what}${wrong === undefined ? '' : `: ${wrong}`}`)
  isRight &&= wrong === undefined
}

function failureOf(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    const { stdout, message } = error as { stdout?: Buffer; message: string }
    return stdout?.toString() || message
  }
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`
}
