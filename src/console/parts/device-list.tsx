import type { Session } from '../api/types.ts'
import { count } from '../words/count.ts'
import { DeviceRow } from './device-row.tsx'

export interface DeviceListProps {
  readonly sessions: readonly Session[]
  readonly onEnd: (session: Session) => void
}

/** Devices that are signed in, this one first; below them, closed, those whose sessions are over. */
export function DeviceList({ sessions, onEnd }: DeviceListProps) {
  const [valid, over] = [sessions.filter(isValid), sessions.filter((session) => !isValid(session))]
  const here = valid.filter(({ current }) => current)
  const elsewhere = valid.filter(({ current }) => !current)
  return (
    <>
      {valid.length > 0 && (
        <DeviceTable caption="Devices that are signed in" last="Last renewal" hasActions>
          {[...here, ...elsewhere].map((session) => (
            <DeviceRow
              key={session.jti}
              session={session}
              verb={session.current ? 'Sign out' : 'End'}
              onEnd={onEnd}
            />
          ))}
        </DeviceTable>
      )}
      {over.length > 0 && (
        <details class="over">
          <summary>{count(over.length, 'session')} that ended lately</summary>
          <DeviceTable caption="Sessions that ended lately" last="Ended">
            {over.map((session) => (
              <DeviceRow key={session.jti} session={session} verb="" onEnd={onEnd} />
            ))}
          </DeviceTable>
        </details>
      )}
    </>
  )
}

function isValid({ valid }: Session): boolean {
  return valid
}

interface DeviceTableProps {
  readonly caption: string
  readonly last: string
  readonly hasActions?: boolean
  readonly children: preact.ComponentChildren
}

function DeviceTable({ caption, last, hasActions = false, children }: DeviceTableProps) {
  return (
    <table class="table">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Device</th>
          <th scope="col">Network</th>
          <th scope="col">Signed in</th>
          <th scope="col">{last}</th>
          {hasActions && (
            <th scope="col">
              <span class="unseen">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}
