import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'

/** An address that leads nowhere, or nowhere for this user. */
export function NothingPage() {
  return (
    <Page title="Nothing here">
      <Empty title="There is no such page, or your role does not permit it.">
        <a href="#/devices">Go to your devices</a>
      </Empty>
    </Page>
  )
}
