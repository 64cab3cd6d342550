import { api } from '../api/index.ts'
import type { User } from '../api/types.ts'
import { useAction } from '../state/use-action.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { fieldsOf } from './field.tsx'
import { PasswordField } from './password-field.tsx'
import { Trouble } from './trouble.tsx'

export interface NewPasswordProps {
  readonly user: User
  readonly onClose: () => void
  readonly onDone: (text: string) => void
}

/** The form by which an admin gives a user another password. */
export function NewPassword({ user, onClose, onDone }: NewPasswordProps) {
  const action = useAction(async (password: string) => {
    await api.updateUser(user.id, { password })
    onClose()
    onDone(`${user.username} has a new password.`)
  })
  return (
    <Dialog title={`Set a password for ${user.username}`} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          action.run(fieldsOf(event)['password'] ?? '')
        }}
      >
        <p>All sessions of {user.username} end at once.</p>
        <PasswordField label="New password" name="password" autoComplete="new-password" canSuggest />
        <Trouble problem={action.problem} />
        <div class="actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" isBusy={action.isBusy}>
            Set password
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
