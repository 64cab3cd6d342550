import { useState } from 'preact/hooks'
import { api } from '../api/index.ts'
import { Problem } from '../api/problem.ts'
import { Button } from '../parts/button.tsx'
import { fieldsOf } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { tell } from '../state/notice.ts'
import { useAction } from '../state/use-action.ts'

/** A new password for oneself. */
export function PasswordPage({ username }: { username: string }) {
  const [turn, setTurn] = useState(0)
  const action = useAction(async (current: string, next: string) => {
    await api.changePassword(current, next).catch(inOtherWords)
    tell('Your password was changed, and your other devices were signed out.')
    setTurn(turn + 1)
  })
  return (
    <Page title="Your password">
      <p class="lead">With a new password, all your other devices are signed out; this one stays.</p>
      <form
        key={turn}
        class="card form"
        onSubmit={(event) => {
          const { current = '', next = '' } = fieldsOf(event)
          action.run(current, next)
        }}
      >
        <input class="unseen" name="username" autoComplete="username" value={username} readOnly hidden />
        <PasswordField label="Current password" name="current" autoComplete="current-password" />
        <PasswordField label="New password" name="next" autoComplete="new-password" />
        <Trouble problem={action.problem} />
        <Button type="submit" look="main" isBusy={action.isBusy}>
          Change password
        </Button>
      </form>
    </Page>
  )
}

/** The server tells it as it does of a sign-in. */
function inOtherWords(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'credentials_invalid') throw error
  throw new Problem('wrong_password', 'The current password is wrong.')
}
