import { useId } from 'preact/hooks'

export interface FieldProps {
  readonly label: string
  readonly name: string
  readonly hint?: string
  readonly autoComplete?: string
  readonly isFocused?: boolean
}

/** A line of text with its label. */
export function Field({ label, name, hint, autoComplete = 'off', isFocused }: FieldProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        required
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellcheck={false}
        autofocus={isFocused}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

/** The fields of a form that was just sent, by name. */
export function fieldsOf(event: SubmitEvent): Readonly<Record<string, string>> {
  event.preventDefault()
  const entries = [...new FormData(event.target as HTMLFormElement)]
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}
