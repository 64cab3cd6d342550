import type { Role } from '../api/types.ts'
import { Icon, type IconName } from './icon.tsx'

interface Place {
  readonly path: string
  readonly name: string
  /** On a phone there is less room. */
  readonly short: string
  readonly icon: IconName
  readonly isForAdmins: boolean
}

const PLACES: readonly Place[] = [
  { path: 'overview', name: 'Overview', short: 'Overview', icon: 'overview', isForAdmins: true },
  { path: 'users', name: 'Users', short: 'Users', icon: 'users', isForAdmins: true },
  { path: 'events', name: 'Audit trail', short: 'Trail', icon: 'trail', isForAdmins: true },
  { path: 'devices', name: 'Your devices', short: 'Devices', icon: 'devices', isForAdmins: false },
  { path: 'password', name: 'Your password', short: 'Password', icon: 'key', isForAdmins: false },
]

/** Where one can go; on a phone at the bottom of the screen. */
export function Nav({ role, here }: { role: Role; here: string }) {
  const places = PLACES.filter(({ isForAdmins }) => role === 'admin' || !isForAdmins)
  return (
    <nav class="nav" aria-label="Console">
      <ul>
        {places.map(({ path, name, short, icon }) => (
          <li key={path}>
            <a href={`#/${path}`} aria-current={path === here ? 'page' : undefined} aria-label={name}>
              <Icon name={icon} />
              <span class="nav-name">{name}</span>
              <span class="nav-short">{short}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
