import { useId, useRef, useState } from 'preact/hooks'
import { newPassword } from '../words/password.ts'

export interface PasswordFieldProps {
  readonly label: string
  readonly name: string
  /** `current-password`, or `new-password`, which can be made up here. */
  readonly autoComplete: 'current-password' | 'new-password'
  /** Whether somebody else is to have it: it can then be made up at random. */
  readonly canSuggest?: boolean
}

const TEXT = { type: 'text' } as const
const PASSWORD = { type: 'password' } as const

/** A password with its label, hidden until it is asked for. */
export function PasswordField({ label, name, autoComplete, canSuggest = false }: PasswordFieldProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [isShown, setIsShown] = useState(false)
  const suggest = () => {
    if (input.current !== null) input.current.value = newPassword()
    setIsShown(true)
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-row">
        <input
          id={id}
          ref={input}
          name={name}
          {...(isShown ? TEXT : PASSWORD)}
          required
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellcheck={false}
          aria-describedby={autoComplete === 'new-password' ? `${id}-hint` : undefined}
        />
        <button type="button" class="inset" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
          Show<span class="unseen"> {label.toLowerCase()}</span>
        </button>
      </div>
      {autoComplete === 'new-password' && (
        <p class="hint" id={`${id}-hint`}>
          8 characters or more.{' '}
          {canSuggest && (
            <button type="button" class="link" onClick={suggest}>
              Make one up
            </button>
          )}
        </p>
      )}
    </div>
  )
}
