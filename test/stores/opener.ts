import { createInterface } from 'node:readline'
import { openSessionStore } from '../../src/stores/open.ts'
import { recordOf } from '../support/records.ts'

/** A process that waits for a line, then opens the database of its argument and adds one session to it. */
const [path] = process.argv.slice(2)
process.stdout.write('ready\n')
createInterface(process.stdin).once('line', async () => {
  const store = await openSessionStore(path)
  await store.create(recordOf())
  await store.close()
  process.exit(0)
})
