import { useEffect } from 'preact/hooks'
import { type Farewell, signIn } from '../api/client.ts'
import { Brand } from '../parts/brand.tsx'
import { Button } from '../parts/button.tsx'
import { Field, fieldsOf } from '../parts/field.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useAction } from '../state/use-action.ts'
import { farewell } from '../words/farewell.ts'

/** The way in; where a session has just ended, why. */
export function SignIn({ why }: { why: Farewell | undefined }) {
  const action = useAction(signIn)
  useEffect(() => {
    document.title = 'Sign in · sliding-jwt'
  }, [])
  return (
    <main class="sign-in">
      <Brand />
      <form
        class="card"
        onSubmit={(event) => {
          const { username = '', password = '' } = fieldsOf(event)
          action.run(username, password)
        }}
      >
        <h1>Sign in</h1>
        <div role="status">{why !== undefined && <p class="farewell">{farewell(why)}</p>}</div>
        <Field label="User name" name="username" autoComplete="username" isFocused />
        <PasswordField label="Password" name="password" autoComplete="current-password" />
        <Trouble problem={action.problem} />
        <Button type="submit" look="main" isBusy={action.isBusy}>
          Sign in
        </Button>
      </form>
    </main>
  )
}
