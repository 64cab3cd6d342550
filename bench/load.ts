import autocannon from 'autocannon'
import type { Credential } from './candidates/candidate.ts'
import { USER_AGENT } from './candidates/user-agent.ts'
import { RUN_UP_MS } from './pairing.ts'
import { answer } from './questions.ts'
import { quantile } from './statistics.ts'

/** Kept open by the load, one request at a time on each. */
const CONNECTIONS = 50

/** A server to be put under load, with the sessions that take turns. */
export interface Target {
  readonly name: string
  readonly url: string
  readonly credentials: readonly Credential[]
  /** Whether each answer renews the session, and a token that comes back takes the place of the old one. */
  readonly renews: boolean
  /** The length of the right answer. */
  readonly bodyLength: number
}

export interface Load {
  /** Answers per second. */
  readonly rate: number
  /** All answers that came back, the run-up included. */
  readonly answers: number
  readonly p99: number
  /** Answers that were wrong or did not come. */
  readonly failures: number
  /** Answers that renewed a session. */
  readonly renewals: number
}

/** One slice to come. */
export interface Firing {
  readonly name: string
  readonly milliseconds: number
  /** Whether the load looks for answers all the time instead of sleeping until one comes. */
  readonly awake: boolean
}

const targets = new Map<string, Target>()

export const questions = {
  aim(target: Target): void {
    targets.set(target.name, target)
  },

  /** Puts a server under load for some milliseconds. */
  fire({ name, milliseconds, awake }: Firing): Promise<Load> {
    const target = targets.get(name)
    if (target === undefined) throw new Error(`no target ${name}`)
    return fire(target, milliseconds, awake)
  },
}

answer(questions)

async function fire(target: Target, milliseconds: number, awake: boolean): Promise<Load> {
  const start = performance.now()
  const arrivals: number[] = []
  const latencies: number[] = []
  let renewals = 0
  let connection = 0

  const sleepAgain = awake ? stayAwake() : undefined
  const result = await autocannon({
    url: target.url,
    headers: { 'User-Agent': USER_AGENT },
    connections: CONNECTIONS,
    duration: milliseconds / 1000,
    sampleInt: 20,
    verifyBody: (body) => body?.length === target.bodyLength,
    setupClient(client) {
      const own = target.credentials.filter((_, index) => index % CONNECTIONS === connection)
      connection += 1
      client.on('response', (_status, _bytes, latency) => {
        arrivals.push(performance.now())
        latencies.push(latency)
      })
      client.setRequests(own.map((credential) => (target.renews ? renewing(credential) : plain(credential))))
    },
  })
  sleepAgain?.()
  const counted = arrivals.filter((time) => time >= start + RUN_UP_MS)
  const seconds = ((counted.at(-1) ?? Number.NaN) - (counted[0] ?? Number.NaN)) / 1000

  return {
    rate: (counted.length - 1) / seconds,
    answers: arrivals.length,
    p99: quantile(latencies, 0.99),
    failures: result.non2xx + result.errors + result.mismatches,
    renewals,
  }

  /** Follows the one rule of a client: the latest token counts. */
  function renewing(credential: Credential): autocannon.Request {
    return {
      setupRequest: (request) => ({
        ...request,
        headers: { ...request.headers, [credential.header]: credential.value },
      }),
      onResponse(_status, _body, _context, headers = {}) {
        const token = headers['X-JWT']
        if (token !== undefined) Object.assign(credential, { value: `Bearer ${token}` })
        if (token !== undefined || headers['Set-Cookie'] !== undefined) renewals += 1
      },
    }
  }
}

/**
 * Never sleeps until an answer comes: to wake a sleeper costs the server 10 to 15
 * microseconds for each answer, more than what is to be measured, and less for candidates whose answers leave in
 * bursts. Over a network nobody pays that.
 */
function stayAwake(): () => void {
  let isOver = false
  const look = () => {
    if (!isOver) setImmediate(look)
  }
  look()
  return () => {
    isOver = true
  }
}

function plain({ header, value }: Credential): autocannon.Request {
  return { headers: { [header]: value } }
}
