import type { Answer } from './designs/design.ts'
import type { Sent } from './exchange.ts'
import { BEGINNING, type Timeline } from './timeline.ts'
import type { Token } from './token.ts'
import type { Truth } from './truth.ts'

/** What happened in a world, line by line, for people. Not a token's text is in it. */
export class History {
  readonly lines: string[] = []
  readonly #timeline: Timeline
  readonly #truth: Truth

  constructor(timeline: Timeline, truth: Truth) {
    this.#timeline = timeline
    this.#truth = truth
  }

  note(what: string): void {
    this.lines.push(`${clock(this.#timeline.now)}  ${what}`)
  }

  arrived(sent: Sent): void {
    const { message, theft } = sent
    const place = theft === undefined ? '' : ` from ${message.client.ip}`
    const route = message.strict ? ' on a strict route' : ''
    this.note(`${who(sent)}: ${message.kind}${route}${place} with ${this.#token(message.token)}`)
  }

  answered(sent: Sent, answer: Answer): void {
    const what = answer.kind === 'pass' ? this.#pass(answer.token) : answerOf(answer)
    this.note(`  server to ${who(sent)}: ${what}`)
  }

  lost(sent: Sent, what: 'request' | 'answer'): void {
    this.note(`${who(sent)}: ${what} is lost`)
  }

  delivered(sent: Sent, answer: Answer): void {
    if (answer.kind === 'pass' && answer.token !== undefined) {
      this.note(`${who(sent)}: receives ${this.#token(answer.token)}`)
    }
  }

  #pass(token: Token | undefined): string {
    return token === undefined ? 'pass' : `pass, with ${this.#token(token)}`
  }

  #token(token: Token | undefined): string {
    if (token === undefined) return 'no token'
    const { number } = this.#truth.sessions.get(token.session) ?? { number: '?' }
    const isFresh = this.#timeline.now < token.expiresAt
    return `gen ${token.gen} of session ${number} (${isFresh ? 'fresh' : 'expired'})`
  }
}

function who({ theft, device }: Sent): string {
  if (theft !== undefined) return theft.name
  return device.exception === undefined ? device.name : `${device.name} (${device.exception})`
}

function answerOf(answer: Answer): string {
  return answer.kind === 'refuse' ? `refused, ${answer.code}` : answer.kind
}

/** Days and time since the world began. */
function clock(now: number): string {
  const elapsed = now - BEGINNING
  const time = new Date(elapsed).toISOString().slice(11, 23)
  return `day ${Math.floor(elapsed / 86_400_000)} ${time}`
}
