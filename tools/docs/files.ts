import { readFileSync } from 'node:fs'

/** A block that is a file of the repository, as a comment before it says. */
const BLOCK = /(<!-- the file ([\w./-]+) -->\s*^```\w*\n).*?^```$/gms

/** A page with its blocks that are files as these are now. */
export function withFiles(page: string): string {
  return read(page).replaceAll(BLOCK, (_whole, head, path) => `${head}${read(path)}\`\`\``)
}

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}
