import type { ComponentChildren } from 'preact'

export interface BadgeProps {
  readonly children: ComponentChildren
  /** Default `calm`. */
  readonly tone?: 'calm' | 'accent' | 'danger'
}

/** One or two words that mark something. */
export function Badge({ children, tone = 'calm' }: BadgeProps) {
  return <span class={`badge badge-${tone}`}>{children}</span>
}
