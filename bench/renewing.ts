import type { IncomingMessage } from 'node:http'
import type { SlidingSession } from '../src/index.ts'
import { USER_AGENT } from './candidates/user-agent.ts'
import { IP } from './fill.ts'
import type { Slice } from './pairing.ts'
import { quantile } from './statistics.ts'

/** Requests that arrive together, as from as many connections. */
const TOGETHER = 50

/** Renews random sessions of a big database without HTTP, through the library's face for WebSockets. */
export class Renewing {
  readonly #sessions: SlidingSession
  readonly #tokenAt: (seat: number) => string
  readonly #tokens = new Map<number, string>()
  readonly #count: number

  /** `tokenAt` makes the token that a session, of as many, has in the beginning. */
  constructor(sessions: SlidingSession, count: number, tokenAt: (seat: number) => string) {
    this.#sessions = sessions
    this.#count = count
    this.#tokenAt = tokenAt
  }

  /** Renews for a while; the tokens are made and kept outside of the time that counts. */
  async slice(milliseconds: number): Promise<Slice> {
    const latencies: number[] = []
    let [wall, cpu, renewals] = [0, 0, 0]
    while (wall < milliseconds) {
      const chosen = Array.from({ length: TOGETHER }, () => Math.floor(Math.random() * this.#count))
      const seats = [...new Set(chosen)]
      const requests = seats.map((seat) => requestWith(this.#tokens.get(seat) ?? this.#tokenAt(seat)))

      const cpuBefore = process.cpuUsage()
      const before = performance.now()
      const outcomes = await Promise.all(
        requests.map((request) => this.#sessions.authenticateUpgrade(request, { ip: IP })),
      )
      const took = performance.now() - before
      const { user, system } = process.cpuUsage(cpuBefore)

      for (const [place, outcome] of outcomes.entries()) {
        if (outcome.kind !== 'pass' || outcome.token === undefined)
          throw new Error(`no renewal: ${show(outcome)}`)
        this.#tokens.set(seats[place] as number, outcome.token)
      }
      latencies.push(took)
      wall += took
      cpu += user + system
      renewals += seats.length
    }
    return {
      rate: (renewals / wall) * 1000,
      cpu: cpu / renewals,
      p99: quantile(latencies, 0.99),
      busy: cpu / wall / 1_000,
    }
  }
}

/** A request as the library reads it. */
export function requestWith(token: string): IncomingMessage {
  const authorization = `Bearer ${token}`
  return {
    headers: { authorization, 'user-agent': USER_AGENT },
    rawHeaders: ['Authorization', authorization, 'User-Agent', USER_AGENT],
    socket: { remoteAddress: IP },
  } as unknown as IncomingMessage
}

function show(outcome: { readonly kind: string; readonly code?: string }): string {
  return `${outcome.kind} ${outcome.code ?? 'without a token'}`
}
