import type { Session } from '../api/types.ts'
import { browserOf, deviceName, systemOf } from '../words/device.ts'
import { reason } from '../words/refusals.ts'
import { Ago } from './ago.tsx'
import { Badge } from './badge.tsx'
import { Button } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

const ICONS: Readonly<Record<string, IconName>> = { desktop: 'desktop', mobile: 'mobile', tablet: 'tablet' }

export interface DeviceRowProps {
  readonly session: Session
  /** What the button at its end says and does. */
  readonly verb: string
  readonly onEnd: (session: Session) => void
}

/** A device, as a row of a table; on a phone it is a card. */
export function DeviceRow({ session, verb, onEnd }: DeviceRowProps) {
  const { device, current, ip, lastIp, valid, revokedAt, endsAt } = session
  return (
    <tr>
      <th scope="row">
        <div class="device" title={session.userAgent}>
          <Icon name={ICONS[device.type ?? ''] ?? 'program'} />
          <span>
            <span class="strong">{browserOf(session)}</span>{' '}
            {current && <Badge tone="accent">This device</Badge>}
            <span class="under">{systemOf(session)}</span>
          </span>
        </div>
      </th>
      <td data-label="Network">
        <span>
          <span class="number">{lastIp}</span>
          {ip !== lastIp && <span class="under">signed in from {ip}</span>}
        </span>
      </td>
      <td data-label="Signed in">
        <Ago at={session.createdAt} />
      </td>
      {valid ? (
        <td data-label="Last renewal">
          {session.renewals === 0 ? 'none yet' : <Ago at={session.updatedAt} />}
        </td>
      ) : (
        <td data-label="Ended">
          <span>
            <Ago at={revokedAt ?? endsAt} />
            <span class="under">{reason(session.revokedReason)}</span>
          </span>
        </td>
      )}
      {valid && (
        <td class="row-action">
          <Button onClick={() => onEnd(session)} label={`${verb}: ${deviceName(session)}`}>
            {verb}
          </Button>
        </td>
      )}
    </tr>
  )
}
