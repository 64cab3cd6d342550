import { keyOf } from './candidates/all.ts'
import type { Credential } from './candidates/candidate.ts'
import { USER_AGENT } from './candidates/user-agent.ts'
import { answerFor, type Contestant, credentialOf, type Server } from './contestant.ts'
import type { Revocation } from './results.ts'

const REACH: readonly Revocation[] = ['no', 'this process', 'every process, pushed', 'every process']

/** What is pushed has so long to arrive, in milliseconds. */
const PUSHED_MS = 1_500

/**
 * Tries whether a candidate answers as it should and keeps what its row claims, before it is measured.
 * Answers how far a revocation reaches at once.
 *
 * @throws Error where it does not.
 */
export async function prove(contestant: Contestant): Promise<Revocation | undefined> {
  const { candidate } = contestant
  if (candidate.claims === undefined) {
    expect(contestant, 'the right answer', await ask(contestant, contestant.credentials[0]), answerFor(0))
    return undefined
  }
  const neighbour = await contestant.neighbour()
  try {
    await proveAnswers(contestant)
    if (candidate.path === 'renew') await proveRenewal(contestant, neighbour)
    const reach = await tryRevocation(contestant, neighbour)
    if (REACH.indexOf(reach) < REACH.indexOf(candidate.claims)) {
      throw new Error(`${keyOf(candidate)} claims revocation in ${candidate.claims}, and has it in ${reach}`)
    }
    return reach
  } finally {
    await neighbour.stop()
  }
}

async function proveAnswers(contestant: Contestant): Promise<void> {
  const { credentials } = contestant
  expect(contestant, 'nothing without a credential', await ask(contestant, undefined), 401)
  expect(contestant, 'nothing for a forged one', await ask(contestant, forge(at(credentials, 2))), 401)
  for (const index of [3, 4]) {
    expect(contestant, 'the right answer', await ask(contestant, credentials[index]), answerFor(index))
  }
}

/** When the answer is there, another process must see the renewal in the database. */
async function proveRenewal(contestant: Contestant, neighbour: Server): Promise<void> {
  let credential = at(contestant.credentials, 5)
  let before = await neighbour.ask('renewalOf', credential)
  for (const request of [1, 2, 3]) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    const response = await send(contestant, credential)
    const renewed = credentialOf(response)
    if (renewed === undefined)
      throw new Error(`${keyOf(contestant.candidate)}: request ${request} renews nothing`)
    credential = renewed
    const after = await neighbour.ask('renewalOf', credential)
    expect(contestant, 'a renewal in the database', Number(after) > Number(before), true)
    before = after
  }
}

/** Session 0 is revoked by another process, session 1 by the one that serves it. */
async function tryRevocation(contestant: Contestant, neighbour: Server): Promise<Revocation> {
  const [other, own] = [at(contestant.credentials, 0), at(contestant.credentials, 1)]
  const inUse = [await nextOf(contestant, other), await nextOf(contestant, own)] as const
  await neighbour.ask('revoke', inUse[0])
  if (contestant.candidate.claims === 'every process, pushed') {
    return (await isRefused(contestant, inUse[0], PUSHED_MS)) ? 'every process, pushed' : 'no'
  }
  if ((await ask(contestant, inUse[0])) === 401) return 'every process'
  await contestant.server.ask('revoke', inUse[1])
  return (await ask(contestant, inUse[1])) === 401 ? 'this process' : 'no'
}

/** Asks until the credential is refused, or the time is up. */
async function isRefused(contestant: Contestant, credential: Credential, within: number): Promise<boolean> {
  const end = performance.now() + within
  while (performance.now() < end) {
    if ((await ask(contestant, credential)) === 401) return true
  }
  return false
}

/** Uses a session, so that the candidate may remember it, and keeps what comes back. */
async function nextOf(contestant: Contestant, credential: Credential): Promise<Credential> {
  return credentialOf(await send(contestant, credential)) ?? credential
}

/** The body of a right answer, else the status. */
async function ask(contestant: Contestant, credential: Credential | undefined): Promise<string | number> {
  const response = await send(contestant, credential)
  const body = await response.text()
  return response.status === 200 ? body : response.status
}

function send({ url }: Contestant, credential: Credential | undefined): Promise<Response> {
  const headers: Record<string, string> = { 'User-Agent': USER_AGENT }
  if (credential !== undefined) headers[credential.header] = credential.value
  return fetch(`${url}/me`, { headers })
}

/** Another letter in the signature of a token, or in the id that a cookie carries. */
function forge({ header, value }: Credential): Credential {
  const place = header === 'cookie' ? value.indexOf('=') + 12 : value.length - 10
  const letter = value[place] === 'A' ? 'B' : 'A'
  return { header, value: value.slice(0, place) + letter + value.slice(place + 1) }
}

function at(credentials: readonly Credential[], index: number): Credential {
  const credential = credentials[index]
  if (credential === undefined) throw new Error(`no session ${index}`)
  return credential
}

function expect({ candidate }: Contestant, what: string, got: unknown, expected: unknown): void {
  if (got !== expected) throw new Error(`${keyOf(candidate)} does not give ${what}: ${String(got)}`)
}
