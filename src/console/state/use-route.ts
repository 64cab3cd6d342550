import { useEffect, useState } from 'preact/hooks'
import { linkTo, type Route, readRoute } from './route.ts'

/** Where somebody is, in a component that is drawn anew when they go elsewhere. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const listener = () => setHash(location.hash)
    addEventListener('hashchange', listener)
    return () => removeEventListener('hashchange', listener)
  }, [])
  return readRoute(hash)
}

/** Changes the query in the address, without a step in the browser's history: the page stays the same. */
export function changeQuery({ path, query }: Route, change: Readonly<Record<string, string>>): void {
  location.replace(linkTo(path, { ...query, ...change }))
}
