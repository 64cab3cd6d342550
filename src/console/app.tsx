import { presence } from './api/client.ts'
import { SignIn } from './pages/sign-in.tsx'
import { Notice } from './parts/notice.tsx'
import { Shell } from './shell.tsx'
import { useStore } from './state/store.ts'

/** The console: for who is signed in, or the way in. */
export function App() {
  const here = useStore(presence)
  return (
    <>
      {here.kind === 'in' ? <Shell key={here.session} /> : <SignIn why={here.why} />}
      <Notice />
    </>
  )
}
