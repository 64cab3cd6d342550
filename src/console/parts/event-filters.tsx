import { useId } from 'preact/hooks'
import type { Route } from '../state/route.ts'
import { changeQuery } from '../state/use-route.ts'
import { EVENT_KINDS } from '../words/events.ts'
import { UserFilter } from './user-filter.tsx'

/** Which events are shown: of a kind, of a user. */
export function EventFilters({ route }: { route: Route }) {
  const id = useId()
  const { user = '', type = '' } = route.query
  return (
    <search class="filters">
      <div class="field">
        <label for={id}>Kind</label>
        <select
          id={id}
          value={type}
          onChange={(event) => changeQuery(route, { type: event.currentTarget.value })}
        >
          <option value="">All events</option>
          {Object.entries(EVENT_KINDS).map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <UserFilter key={user} user={user} onChange={(next) => changeQuery(route, { user: next })} />
    </search>
  )
}
