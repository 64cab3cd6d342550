#!/usr/bin/env node
// In the package the compiled command runs; in a checkout the source does.
import { existsSync } from 'node:fs'

const needed = [22, 14]
const found = process.versions.node.split('.').map(Number)

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  console.error(`sliding-jwt needs Node ${needed.join('.')} or newer, this is ${process.versions.node}`)
  process.exit(1)
}

const source = new URL('../src/cli/main.ts', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : '../dist/cli/main.js')
process.exitCode = await main(process.argv.slice(2))
