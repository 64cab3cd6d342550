/** Answers with where a server of a test keeps what it keeps: a path or a URL, of an empty database. */
export type MakeServerDatabase = () => Promise<string>

let make: MakeServerDatabase = async () => ':memory:'

/** An empty database, in memory unless a test file says otherwise. */
export function newServerDatabase(): Promise<string> {
  return make()
}

/** From here on the servers of this test file keep everything elsewhere. */
export function keepServersOn(elsewhere: MakeServerDatabase): void {
  make = elsewhere
}
