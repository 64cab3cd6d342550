import type { ComponentChildren } from 'preact'
import { useAction } from '../state/use-action.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Trouble } from './trouble.tsx'

export interface ConfirmProps {
  readonly title: string
  readonly children: ComponentChildren
  /** What the button says that does it. */
  readonly verb: string
  readonly look?: 'main' | 'danger'
  readonly act: () => Promise<void>
  readonly onClose: () => void
}

/** Asks before something is done that cannot be undone; stays open where that failed, and says why. */
export function Confirm({ title, children, verb, look = 'danger', act, onClose }: ConfirmProps) {
  const action = useAction(async () => {
    await act()
    onClose()
  })
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <Trouble problem={action.problem} />
      <div class="actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button look={look} isBusy={action.isBusy} onClick={action.run}>
          {verb}
        </Button>
      </div>
    </Dialog>
  )
}
