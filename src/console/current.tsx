import type { Account } from './api/types.ts'
import { DevicesPage } from './pages/devices.tsx'
import { EventsPage } from './pages/events.tsx'
import { NothingPage } from './pages/nothing.tsx'
import { OverviewPage } from './pages/overview.tsx'
import { PasswordPage } from './pages/password.tsx'
import { UserPage } from './pages/user.tsx'
import { UsersPage } from './pages/users.tsx'
import type { Route } from './state/route.ts'

/** The page that the address names. */
export function Current({ account, route }: { account: Account; route: Route }) {
  const [place, id] = route.path
  const isAdmin = account.user.role === 'admin'
  if (place === 'devices') return <DevicesPage />
  if (place === 'password') return <PasswordPage username={account.user.username} />
  if (isAdmin && place === 'overview') return <OverviewPage />
  if (isAdmin && place === 'events') return <EventsPage route={route} />
  if (isAdmin && place === 'users') {
    return id === undefined ? <UsersPage route={route} /> : <UserPage key={id} id={id} account={account} />
  }
  return <NothingPage />
}
