import { forbidden, signOut } from './api/client.ts'
import { api } from './api/index.ts'
import type { Account } from './api/types.ts'
import { Current } from './current.tsx'
import { Badge } from './parts/badge.tsx'
import { Brand } from './parts/brand.tsx'
import { Button } from './parts/button.tsx'
import { Nav } from './parts/nav.tsx'
import { Shown } from './parts/shown.tsx'
import { useStore } from './state/store.ts'
import { useLoaded } from './state/use-loaded.ts'
import { useRoute } from './state/use-route.ts'

/** What is around every page: the mark, the ways, and who is signed in. */
export function Shell() {
  const account = useLoaded(`me ${useStore(forbidden)}`, api.me)
  const route = useRoute()
  const user = account.value?.user
  const here = route.path[0] ?? homeOf(account.value)
  return (
    <div class="shell">
      <header class="top">
        <button type="button" class="skip" onClick={skipToMain}>
          Skip to the page
        </button>
        <Brand />
        {user !== undefined && <Nav role={user.role} here={here} />}
        <div class="who">
          {user !== undefined && (
            <span class="who-name">
              <span class="strong">{user.username}</span>
              {user.role === 'admin' && <Badge>admin</Badge>}
            </span>
          )}
          <Button look="quiet" icon="out" onClick={signOut}>
            Sign out
          </Button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Shown source={account} lines={4}>
          {(value) => <Current account={value} route={{ ...route, path: [here, ...route.path.slice(1)] }} />}
        </Shown>
      </main>
    </div>
  )
}

function homeOf(account: Account | undefined): string {
  return account?.user.role === 'admin' ? 'overview' : 'devices'
}

/** No link: the address tells the page, so it cannot tell the place on it, too. */
function skipToMain(): void {
  document.getElementById('main')?.focus()
}
