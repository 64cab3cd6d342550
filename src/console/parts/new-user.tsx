import { api } from '../api/index.ts'
import type { Role } from '../api/types.ts'
import { tell } from '../state/notice.ts'
import { useAction } from '../state/use-action.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Field, fieldsOf } from './field.tsx'
import { PasswordField } from './password-field.tsx'
import { Trouble } from './trouble.tsx'

/** The form that makes a user. */
export function NewUser({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const action = useAction(async (username: string, password: string, role: Role) => {
    const { user } = await api.createUser({ username, password, role })
    tell(`${user.username} was created.`)
    onCreated()
    onClose()
  })
  return (
    <Dialog title="New user" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          const { username = '', password = '', role } = fieldsOf(event)
          action.run(username, password, role === 'admin' ? 'admin' : 'user')
        }}
      >
        <Field label="User name" name="username" isFocused />
        <PasswordField label="Password" name="password" autoComplete="new-password" canSuggest />
        <fieldset class="choices">
          <legend>Role</legend>
          <label>
            <input type="radio" name="role" value="user" checked /> User
          </label>
          <label>
            <input type="radio" name="role" value="admin" /> Admin
          </label>
        </fieldset>
        <Trouble problem={action.problem} />
        <div class="actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" isBusy={action.isBusy}>
            Create user
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
