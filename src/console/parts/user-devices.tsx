import { useState } from 'preact/hooks'
import { api } from '../api/index.ts'
import type { Session } from '../api/types.ts'
import type { Loaded } from '../state/use-loaded.ts'
import { count } from '../words/count.ts'
import { deviceName } from '../words/device.ts'
import { Button } from './button.tsx'
import { Confirm } from './confirm.tsx'
import { DeviceList } from './device-list.tsx'
import { Empty } from './empty.tsx'
import { Shown } from './shown.tsx'

export interface UserDevicesProps {
  readonly id: string
  readonly name: string
  readonly source: Loaded<{ sessions: readonly Session[] }>
  readonly onDone: (text: string) => void
}

/** The server tells this many at most. */
const MOST = 1_000

/** A user's devices, as an admin sees and ends them. */
export function UserDevices({ id, name, source, onDone }: UserDevicesProps) {
  const [ending, setEnding] = useState<Session | 'all' | undefined>(undefined)
  const sessions = source.value?.sessions
  const active = sessions?.filter(({ valid }) => valid).length ?? 0
  const all = active >= MOST ? `all sessions (${count(active, 'session')} or more)` : count(active, 'session')
  const close = () => setEnding(undefined)
  return (
    <section class="card" aria-labelledby="devices">
      <div class="card-head">
        <h2 id="devices">Devices {sessions !== undefined && <span class="dim number">{active}</span>}</h2>
        <Button look="danger" isDisabled={active === 0} onClick={() => setEnding('all')}>
          Sign out everywhere
        </Button>
      </div>
      <Shown source={source} lines={3}>
        {(value) => (
          <>
            {active === 0 && <Empty title="Signed in nowhere" />}
            <DeviceList sessions={value.sessions} onEnd={setEnding} />
          </>
        )}
      </Shown>
      {ending === 'all' && (
        <Confirm
          title={`Sign ${name} out everywhere?`}
          verb={`End ${all}`}
          onClose={close}
          act={async () => {
            const { revoked } = await api.endAllDevicesOf(id)
            onDone(`${count(revoked, 'session')} of ${name} ended.`)
          }}
        >
          This ends {all} of {name}, from the very next request on. It cannot be undone.
        </Confirm>
      )}
      {ending !== undefined && ending !== 'all' && (
        <Confirm
          title={`End ${deviceName(ending)}?`}
          verb="End session"
          onClose={close}
          act={async () => {
            await api.endDeviceOfAnybody(ending.jti)
            onDone(`${deviceName(ending)} of ${name} was signed out.`)
          }}
        >
          {ending.current
            ? 'This is the device in front of you.'
            : `${name} has to sign in again there, with the very next request.`}
        </Confirm>
      )}
    </section>
  )
}
