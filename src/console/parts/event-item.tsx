import type { AuditEvent } from '../api/types.ts'
import { linkTo } from '../state/route.ts'
import { describe, toneOf } from '../words/events.ts'
import { exact } from '../words/time.ts'
import { Ago } from './ago.tsx'

type Names = Readonly<Record<string, string>>

/** An event as a sentence; opened, everything that was recorded. */
export function EventItem({ event, names }: { event: AuditEvent; names: Names }) {
  return (
    <li>
      <details class="event">
        <summary>
          <span class={`dot dot-${toneOf(event)}`} />
          <span class="event-text">{describe(event, names)}</span>
          <span class="event-ip number">{event.ip}</span>
          <span class="event-time">
            <Ago at={event.at} />
          </span>
        </summary>
        <EventDetail event={event} names={names} />
      </details>
    </li>
  )
}

function EventDetail({ event, names }: { event: AuditEvent; names: Names }) {
  return (
    <dl class="facts">
      <dt>Time</dt>
      <dd>{exact(Date.parse(event.at))}</dd>
      <dt>Event</dt>
      <dd>
        <code>{event.type}</code> · number {event.id}
      </dd>
      <dt>User</dt>
      <dd>
        <Person id={event.userId} names={names} nobody="none known" />
      </dd>
      <dt>Done by</dt>
      <dd>
        <Person id={event.actorId} names={names} nobody="nobody signed in" />
      </dd>
      <dt>Address</dt>
      <dd>{event.ip ?? 'none: done on the server itself'}</dd>
      <dt>Session</dt>
      <dd>{event.jti === null ? 'none, or several' : <code>{event.jti}</code>}</dd>
      {Object.entries(event.detail).map(([name, value]) => (
        <Detail key={name} name={name} value={value} />
      ))}
    </dl>
  )
}

function Person({ id, names, nobody }: { id: string | null; names: Names; nobody: string }) {
  if (id === null) return <>{nobody}</>
  const name = names[id]
  return name === undefined ? <code>{id}</code> : <a href={linkTo(['users', id])}>{name}</a>
}

function Detail({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>{typeof value === 'object' ? <code>{JSON.stringify(value)}</code> : String(value)}</dd>
    </>
  )
}
