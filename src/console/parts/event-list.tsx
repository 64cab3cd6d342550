import type { EventsPage } from '../api/types.ts'
import { EventItem } from './event-item.tsx'

/** A stretch of the audit trail, the latest first. */
export function EventList({ page }: { page: Pick<EventsPage, 'events' | 'users'> }) {
  return (
    <ol class="events">
      {page.events.map((event) => (
        <EventItem key={event.id} event={event} names={page.users} />
      ))}
    </ol>
  )
}
