import { useId, useState } from 'preact/hooks'
import { api } from '../api/index.ts'
import { useLostFocus } from '../state/use-focus.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { Icon } from './icon.tsx'

const SUGGESTED = '8'

export interface UserFilterProps {
  /** The id of the user whose events are shown; empty: of all. */
  readonly user: string
  readonly onChange: (user: string) => void
}

/** One user's events only: whom, or the way to choose. */
export function UserFilter({ user, onChange }: UserFilterProps) {
  return user === '' ? <Choose onChange={onChange} /> : <Chosen user={user} onChange={onChange} />
}

function Chosen({ user, onChange }: UserFilterProps) {
  const button = useLostFocus<HTMLButtonElement>()
  const source = useLoaded(user, (signal) => api.user(user, signal))
  const name = source.value?.user.username ?? (source.isLoading ? '…' : 'unknown user')
  return (
    <div class="field">
      <span class="label">User</span>
      <button
        type="button"
        class="chip"
        ref={button}
        aria-label={`${name}: show the events of all users`}
        onClick={() => onChange('')}
      >
        {name}
        <Icon name="close" />
      </button>
    </div>
  )
}

/** Suggests names while one types; the filter is set as soon as a whole name is there. */
function Choose({ onChange }: Pick<UserFilterProps, 'onChange'>) {
  const id = useId()
  const input = useLostFocus<HTMLInputElement>()
  const [text, setText] = useState('')
  const source = useLoaded(text, (signal) => api.users({ search: text, limit: SUGGESTED }, signal))
  const users = source.value?.users ?? []
  const choose = (name: string) => {
    setText(name)
    const chosen = users.find(({ username }) => username === name)
    if (chosen !== undefined) onChange(chosen.id)
  }
  return (
    <div class="field">
      <label for={id}>User</label>
      <input
        id={id}
        ref={input}
        list={`${id}-names`}
        value={text}
        placeholder="Anybody"
        maxLength={64}
        autoComplete="off"
        autoCapitalize="none"
        spellcheck={false}
        onInput={(event) => choose(event.currentTarget.value)}
      />
      <datalist id={`${id}-names`}>
        {users.map(({ id: key, username }) => (
          <option key={key} value={username} />
        ))}
      </datalist>
    </div>
  )
}
