import { useState } from 'preact/hooks'
import { api } from '../api/index.ts'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { NewUser } from '../parts/new-user.tsx'
import { Page } from '../parts/page.tsx'
import { Pager } from '../parts/pager.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { Shown } from '../parts/shown.tsx'
import { UserTable } from '../parts/user-table.tsx'
import type { Route } from '../state/route.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { usePages } from '../state/use-pages.ts'
import { changeQuery } from '../state/use-route.ts'

const ON_A_PAGE = '25'

/** All users, by name. */
export function UsersPage({ route }: { route: Route }) {
  const search = route.query['search'] ?? ''
  const pages = usePages(search)
  const { cursor } = pages
  const source = useLoaded(`${search} ${cursor}`, (signal) =>
    api.users({ search, cursor, limit: ON_A_PAGE }, signal),
  )
  const [isCreating, setIsCreating] = useState(false)
  return (
    <Page
      title="Users"
      aside={
        <Button look="main" icon="plus" onClick={() => setIsCreating(true)}>
          New user
        </Button>
      }
    >
      <SearchField
        label="Search users"
        value={search}
        onSearch={(text) => changeQuery(route, { search: text })}
      />
      <section class="card">
        <Shown source={source} lines={8}>
          {({ users, nextCursor }) =>
            users.length === 0 ? (
              <Empty title={search === '' ? 'No users yet' : `No user has “${search}” in the name`} />
            ) : (
              <>
                <UserTable users={users} />
                <Pager pages={pages} nextCursor={nextCursor} previous="Previous" next="Next" />
              </>
            )
          }
        </Shown>
      </section>
      {isCreating && <NewUser onClose={() => setIsCreating(false)} onCreated={source.reload} />}
    </Page>
  )
}
