import { useState } from 'preact/hooks'
import { signOut } from '../api/client.ts'
import { api } from '../api/index.ts'
import type { Session } from '../api/types.ts'
import { Button } from '../parts/button.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { DeviceList } from '../parts/device-list.tsx'
import { Page } from '../parts/page.tsx'
import { Shown } from '../parts/shown.tsx'
import { tell } from '../state/notice.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { count } from '../words/count.ts'
import { deviceName } from '../words/device.ts'

/** Where somebody is signed in, and how to end that. */
export function DevicesPage() {
  const source = useLoaded('devices', api.devices)
  const [ending, setEnding] = useState<Session | 'others' | undefined>(undefined)
  const others = source.value?.sessions.filter(({ valid, current }) => valid && !current).length ?? 0
  const close = () => setEnding(undefined)
  const done = (text: string) => {
    tell(text)
    source.reload()
  }
  const signOutOf = (session: Session) => async () => {
    if (session.current) return signOut()
    await api.endDevice(session.jti)
    done(`${deviceName(session)} was signed out.`)
  }
  return (
    <Page
      title="Your devices"
      aside={
        <Button look="danger" isDisabled={others === 0} onClick={() => setEnding('others')}>
          End all others
        </Button>
      }
    >
      <p class="lead">
        Everywhere you are signed in. If you do not know one of them, end it and change your password.
      </p>
      <section class="card">
        <Shown source={source} lines={3}>
          {({ sessions }) => <DeviceList sessions={sessions} onEnd={setEnding} />}
        </Shown>
      </section>
      {ending === 'others' && (
        <Confirm
          title={`End ${count(others, 'other session')}?`}
          verb={`End ${count(others, 'session')}`}
          onClose={close}
          act={async () => {
            const { revoked } = await api.endOtherDevices()
            done(`${count(revoked, 'other session')} ended.`)
          }}
        >
          {others === 1 ? 'That device has' : `Those ${others} devices have`} to sign in again, at once. This
          one stays signed in.
        </Confirm>
      )}
      {ending !== undefined && ending !== 'others' && (
        <Confirm
          title={ending.current ? 'Sign out here?' : `End ${deviceName(ending)}?`}
          verb={ending.current ? 'Sign out' : 'End session'}
          onClose={close}
          act={signOutOf(ending)}
        >
          {ending.current
            ? 'This is the device in front of you.'
            : 'It has to sign in again, with its very next request.'}
        </Confirm>
      )}
    </Page>
  )
}
