import { api } from '../api/index.ts'
import { Ago } from '../parts/ago.tsx'
import { Empty } from '../parts/empty.tsx'
import { EventList } from '../parts/event-list.tsx'
import { Page } from '../parts/page.tsx'
import { RefusalList } from '../parts/refusal-list.tsx'
import { Shown } from '../parts/shown.tsx'
import { Tiles } from '../parts/tiles.tsx'
import { linkTo } from '../state/route.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { useRepeated } from '../state/use-repeated.ts'

const EVERY_MS = 5_000

const THEFT = 'session.reused'
const LATEST = '5'

/** What goes on right now. */
export function OverviewPage() {
  const report = useLoaded('overview', api.overview)
  const thefts = useLoaded('thefts', (signal) => api.events({ type: THEFT, limit: LATEST }, signal))
  useRepeated(() => {
    report.reload()
    thefts.reload()
  }, EVERY_MS)
  return (
    <Page title="Overview" aside={report.value !== undefined && <Since at={report.value.since} />}>
      <Shown source={report} lines={5}>
        {(value) => (
          <>
            <Tiles report={value} />
            <div class="columns">
              <section class="card" aria-labelledby="refusals">
                <div class="card-head">
                  <h2 id="refusals">Refusals by code</h2>
                  <span class="dim">last hour</span>
                </div>
                <RefusalList counts={value.refusalsByCode} />
              </section>
              <section class="card" aria-labelledby="thefts">
                <div class="card-head">
                  <h2 id="thefts">Latest thefts</h2>
                  <a href={linkTo(['events'], { type: THEFT })}>All of them</a>
                </div>
                <Shown source={thefts} lines={3}>
                  {(page) =>
                    page.events.length === 0 ? (
                      <Empty title="No theft was caught">
                        One shows when two parties have used tokens of one session.
                      </Empty>
                    ) : (
                      <EventList page={page} />
                    )
                  }
                </Shown>
              </section>
            </div>
          </>
        )}
      </Shown>
    </Page>
  )
}

/** Sessions are counted in the database; all else by the server's process itself, since it began. */
function Since({ at }: { at: string }) {
  return (
    <p class="dim">
      This server process began <Ago at={at} />
    </p>
  )
}
