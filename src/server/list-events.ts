import type { Request } from 'express'
import type { EventRecord, EventStore } from '../stores/server-store.ts'
import { pageOf, readCursor } from './cursor.ts'
import { eventsQuery, readQuery } from './schemas.ts'
import type { Users } from './users.ts'

/** `GET /admin/events`: a page of the audit trail, and the names of the users on it by their ids. */
export async function listEvents(events: EventStore, users: Users, req: Request) {
  const { user: userId, type, limit, cursor } = readQuery(req, eventsQuery)
  const place = readCursor('event', cursor)
  const before = place === undefined ? undefined : Number(place)
  const read = await events.list({ userId, type, before, limit: limit + 1 })
  const { entries, nextCursor } = pageOf(read, limit, 'event', ({ id }) => String(id))
  return {
    events: entries.map((event) => ({ ...event, at: new Date(event.at) })),
    users: await namesOf(users, entries),
    nextCursor,
  }
}

/** Users that are gone have no name here. */
async function namesOf(users: Users, events: readonly EventRecord[]): Promise<Record<string, string>> {
  const ids = new Set(events.flatMap(({ userId, actorId }) => [userId ?? [], actorId ?? []].flat()))
  const found = await Promise.all([...ids].map((id) => users.find(id)))
  return Object.fromEntries(found.flatMap((user) => (user === undefined ? [] : [[user.id, user.username]])))
}
