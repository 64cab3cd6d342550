import { api } from '../api/index.ts'
import type { Account, User } from '../api/types.ts'
import { Ago } from '../parts/ago.tsx'
import { Badge } from '../parts/badge.tsx'
import { Empty } from '../parts/empty.tsx'
import { EventList } from '../parts/event-list.tsx'
import { Icon } from '../parts/icon.tsx'
import { Page } from '../parts/page.tsx'
import { Shown } from '../parts/shown.tsx'
import { UserActions } from '../parts/user-actions.tsx'
import { UserDevices } from '../parts/user-devices.tsx'
import { tell } from '../state/notice.ts'
import { linkTo } from '../state/route.ts'
import { useLoaded } from '../state/use-loaded.ts'

const LATEST = '5'

/** One user: what can be changed, the devices, and what happened lately. */
export function UserPage({ id, account }: { id: string; account: Account }) {
  const user = useLoaded('user', (signal) => api.user(id, signal))
  const devices = useLoaded('devices', (signal) => api.devicesOf(id, signal))
  const events = useLoaded('events', (signal) => api.events({ user: id, limit: LATEST }, signal))
  const done = (text: string) => {
    tell(text)
    user.reload()
    devices.reload()
    events.reload()
  }
  const known = user.value?.user
  return (
    <Page
      title={known?.username ?? 'User'}
      above={
        <a class="back" href="#/users">
          <Icon name="left" />
          All users
        </a>
      }
      aside={known !== undefined && <Marks user={known} />}
    >
      <section class="card">
        <Shown source={user} lines={2}>
          {(value) => <UserActions user={value.user} isSelf={account.user.id === id} onDone={done} />}
        </Shown>
      </section>
      <UserDevices name={known?.username ?? 'this user'} id={id} source={devices} onDone={done} />
      <section class="card" aria-labelledby="latest">
        <div class="card-head">
          <h2 id="latest">Latest events</h2>
          <a href={linkTo(['events'], { user: id })}>Whole trail</a>
        </div>
        <Shown source={events} lines={5}>
          {(page) =>
            page.events.length === 0 ? <Empty title="Nothing happened yet" /> : <EventList page={page} />
          }
        </Shown>
      </section>
    </Page>
  )
}

function Marks({ user }: { user: User }) {
  return (
    <p class="marks">
      {user.role === 'admin' && <Badge tone="accent">admin</Badge>}
      {user.disabled && <Badge tone="danger">disabled</Badge>}
      <span class="dim">
        created <Ago at={user.createdAt} />
      </span>
    </p>
  )
}
