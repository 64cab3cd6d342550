import { expect, it, onTestFinished } from 'vitest'
import { type Commit, onCommit } from '../../src/stores/commits.ts'
import { openFile } from '../../src/stores/sqlite/connection.ts'
import { sqliteServerDatabase } from '../../src/stores/sqlite/server-database.ts'
import { temporaryDatabase } from '../support/files.ts'
import { T0 } from '../support/records.ts'

it('audit events of one turn share a commit, in the order of what happened', async () => {
  const { events, close } = sqliteServerDatabase(openFile(temporaryDatabase()))
  onTestFinished(close)
  const commits: Commit[] = []
  onTestFinished(onCommit((commit) => commits.push(commit)))
  const nobody = { userId: null, actorId: null, jti: null, ip: null, detail: {} }
  const times = Array.from({ length: 40 }, (_, index) => T0 + index)
  await Promise.all(times.map((at) => events.append({ ...nobody, at, type: 'session.moved' })))
  expect(commits.map(({ writes }) => writes)).toEqual([40])
  const listed = await events.list({ limit: 100 })
  expect(listed.map(({ at }) => at)).toEqual(times.toReversed())
})
