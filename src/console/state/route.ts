/** Where in the console somebody is: what follows `#` in the address. */
export interface Route {
  /** Such as `['users', 'the id']`. */
  readonly path: readonly string[]
  /** Such as `{ search: 'an' }`. */
  readonly query: Readonly<Record<string, string>>
}

/** Reads `#/users/the%20id?search=an`. */
export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s)
  return {
    path: path.split('/').filter(Boolean).map(decode),
    query: Object.fromEntries(new URLSearchParams(query)),
  }
}

/** The address of a place; what is undefined or empty in the query is left out. */
export function linkTo(
  path: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const text = given.length === 0 ? '' : `?${new URLSearchParams(given)}`
  return `#/${path.map(encodeURIComponent).join('/')}${text}`
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
