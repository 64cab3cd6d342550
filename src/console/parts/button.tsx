import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'

export interface ButtonProps {
  readonly children: ComponentChildren
  readonly onClick?: () => void
  /** Default `plain`. */
  readonly look?: 'main' | 'plain' | 'danger' | 'quiet'
  readonly icon?: IconName
  readonly type?: 'button' | 'submit'
  readonly isBusy?: boolean
  readonly isDisabled?: boolean
  /** Said in place of the text, where several buttons have the same. */
  readonly label?: string
}

/** While it is busy it keeps its place and its focus, and does nothing. */
export function Button(props: ButtonProps) {
  const {
    children,
    onClick,
    look = 'plain',
    icon,
    type = 'button',
    isBusy = false,
    isDisabled,
    label,
  } = props
  return (
    <button
      type={type}
      class={`button button-${look}`}
      aria-label={label}
      aria-busy={isBusy}
      aria-disabled={isBusy}
      disabled={isDisabled}
      onClick={(event) => {
        if (isBusy) event.preventDefault()
        else onClick?.()
      }}
    >
      {icon !== undefined && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  )
}
