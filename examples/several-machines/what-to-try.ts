/** What runs where. */
export interface Machines {
  /** Addresses of the three servers. */
  readonly servers: readonly string[]
  /** Which process to end. */
  readonly pidOfTwo: number | undefined
  /** The address of nginx; undefined where there is none. */
  readonly front: string | undefined
  readonly password: string
}

/** Commands to copy, one after the other, for machines that run. */
export function whatToTry({ servers: [one, two, three], pidOfTwo, front, password }: Machines): string {
  const body = JSON.stringify({ username: 'admin', password })
  const logIn = `TOKEN=$(curl -so /dev/null -w '%header{x-jwt}' http://${one}/login --json '${body}')`
  const bearer = '-H "Authorization: Bearer $TOKEN"'
  const steps = [
    ['Log in at one', logIn],
    ['Use the token at two', `curl -s http://${two}/me ${bearer}`],
    ...(front === undefined ? [] : [['And for the app behind nginx', `curl -s http://${front}/ ${bearer}`]]),
    ['End the session at two', `curl -s -X POST http://${two}/logout ${bearer}`],
    ['See it refused at three, though the token is fresh', `curl -s http://${three}/me ${bearer}`],
    ['Lose two, and log in again', `kill -9 ${pidOfTwo}; ${logIn}`],
    ['The others go on', `curl -s http://${front === undefined ? `${three}/me` : `${front}/`} ${bearer}`],
  ]
  return steps.map(([what, command], index) => `\n${index + 1}. ${what}:\n   ${command}`).join('\n')
}
