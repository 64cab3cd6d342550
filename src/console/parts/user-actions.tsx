import { useState } from 'preact/hooks'
import type { User } from '../api/types.ts'
import { Button } from './button.tsx'
import { NewPassword } from './new-password.tsx'
import { ToggleAccess, ToggleRole } from './user-toggles.tsx'

export interface UserActionsProps {
  readonly user: User
  /** Whether it is the admin who looks at it. */
  readonly isSelf: boolean
  /** Called with what was done, in words. */
  readonly onDone: (text: string) => void
}

/** What an admin can change of a user; each is asked once more before it is done. */
export function UserActions({ user, isSelf, onDone }: UserActionsProps) {
  const [asked, setAsked] = useState<'role' | 'access' | 'password' | undefined>(undefined)
  const isAdmin = user.role === 'admin'
  const question = { user, onDone, onClose: () => setAsked(undefined) }
  return (
    <>
      <dl class="settings">
        <div>
          <dt>Role</dt>
          <dd>
            <span>
              {isAdmin ? 'Admin: sees and ends everybody’s sessions' : 'User: sees their own devices'}
            </span>
            <Button onClick={() => setAsked('role')}>{isAdmin ? 'Make a plain user' : 'Make admin'}</Button>
          </dd>
        </div>
        <div>
          <dt>Access</dt>
          <dd>
            <span>{user.disabled ? 'Disabled: cannot sign in' : 'Enabled'}</span>
            <Button look={user.disabled ? 'plain' : 'danger'} onClick={() => setAsked('access')}>
              {user.disabled ? 'Enable' : 'Disable'}
            </Button>
          </dd>
        </div>
        <div>
          <dt>Password</dt>
          <dd>
            <span>Only a hash is kept</span>
            <Button onClick={() => setAsked('password')}>Set password</Button>
          </dd>
        </div>
      </dl>
      {asked === 'role' && <ToggleRole {...question} isSelf={isSelf} />}
      {asked === 'access' && <ToggleAccess {...question} />}
      {asked === 'password' && <NewPassword {...question} />}
    </>
  )
}
