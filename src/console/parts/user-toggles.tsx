import { api } from '../api/index.ts'
import type { User } from '../api/types.ts'
import { Confirm } from './confirm.tsx'

export interface ToggleProps {
  readonly user: User
  readonly onClose: () => void
  /** Called with what was done, in words. */
  readonly onDone: (text: string) => void
}

/** Asks whether a user is to become an admin, or an admin a plain user. */
export function ToggleRole({ user, isSelf, onClose, onDone }: ToggleProps & { readonly isSelf: boolean }) {
  const { id, username } = user
  const role = user.role === 'admin' ? 'user' : 'admin'
  const words = role === 'admin' ? 'an admin' : 'a plain user'
  return (
    <Confirm
      title={`Make ${username} ${words}?`}
      verb={role === 'admin' ? 'Make admin' : 'Make a plain user'}
      look={role === 'admin' ? 'main' : 'danger'}
      onClose={onClose}
      act={async () => {
        await api.updateUser(id, { role })
        onDone(`${username} is ${words} now.`)
      }}
    >
      {isSelf ? 'This is you: you will not be able to take it back.' : 'It counts at once.'}
    </Confirm>
  )
}

/** Asks whether a user is to be disabled, or enabled again. */
export function ToggleAccess({ user, onClose, onDone }: ToggleProps) {
  const { id, username, disabled } = user
  return (
    <Confirm
      title={`${disabled ? 'Enable' : 'Disable'} ${username}?`}
      verb={disabled ? 'Enable' : 'Disable'}
      look={disabled ? 'main' : 'danger'}
      onClose={onClose}
      act={async () => {
        await api.updateUser(id, { disabled: !disabled })
        onDone(disabled ? `${username} can sign in again.` : `${username} is disabled.`)
      }}
    >
      {disabled
        ? 'Sessions that were ended stay so; signing in works again.'
        : 'All sessions end at once, and signing in is refused.'}
    </Confirm>
  )
}
