import { api } from '../api/index.ts'
import { Empty } from '../parts/empty.tsx'
import { EventFilters } from '../parts/event-filters.tsx'
import { EventList } from '../parts/event-list.tsx'
import { Page } from '../parts/page.tsx'
import { Pager } from '../parts/pager.tsx'
import { Shown } from '../parts/shown.tsx'
import type { Route } from '../state/route.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { usePages } from '../state/use-pages.ts'

const ON_A_PAGE = '25'

/** The audit trail: who did what to whom, and when. */
export function EventsPage({ route }: { route: Route }) {
  const { user = '', type = '' } = route.query
  const pages = usePages(`${user} ${type}`)
  const { cursor } = pages
  const source = useLoaded(`${user} ${type} ${cursor}`, (signal) =>
    api.events({ user, type, cursor, limit: ON_A_PAGE }, signal),
  )
  return (
    <Page title="Audit trail">
      <EventFilters route={route} />
      <section class="card">
        <Shown source={source} lines={10}>
          {(page) =>
            page.events.length === 0 ? (
              <Empty title="No such events">Events are kept for 90 days; renewals are not recorded.</Empty>
            ) : (
              <>
                <EventList page={page} />
                <Pager pages={pages} nextCursor={page.nextCursor} previous="Newer" next="Older" />
              </>
            )
          }
        </Shown>
      </section>
    </Page>
  )
}
