import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

/** How long nobody types before it is searched. */
const PAUSE_MS = 150

export interface SearchFieldProps {
  readonly label: string
  readonly value: string
  readonly onSearch: (text: string) => void
}

/** Searches while one types. */
export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const id = useId()
  const [text, setText] = useState(value)
  const shown = useRef(value)
  const searched = useRef(value)
  useEffect(() => {
    const isChanged = value !== shown.current
    shown.current = value
    if (isChanged && value !== searched.current) {
      // Somebody went elsewhere: what was typed belongs to another address.
      searched.current = value
      setText(value)
      return
    }
    if (text === value) return
    const timer = setTimeout(() => {
      searched.current = text
      onSearch(text)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  })
  return (
    <search class="search">
      <label class="unseen" for={id}>
        {label}
      </label>
      <Icon name="search" />
      <input
        id={id}
        type="search"
        value={text}
        maxLength={64}
        placeholder={label}
        autoComplete="off"
        autoCapitalize="none"
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </search>
  )
}
