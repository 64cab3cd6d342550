import { expect, it } from 'vitest'
import { Prng } from '../simulation/prng.ts'
import { testApp, tokenOf } from '../support/app.ts'
import { temporaryDatabase } from '../support/files.ts'
import { HOUR, MINUTE } from '../support/records.ts'

const STEPS = [HOUR, -HOUR, MINUTE, 16 * MINUTE]

it.each([1, 2])(
  'a clock that is set back and forward by an hour 200 times, seed %i: nobody is logged out who has not left',
  async (seed) => {
    const chance = new Prng(seed)
    const { clock, get, login, sessions } = await testApp()
    const gone = await login('bob')
    await sessions.revokeAll('bob')
    let token = await login('ada')
    let renewals = 0
    for (let step = 0; step < 200; step += 1) {
      clock.advance(chance.pick(STEPS))
      const answer = await get('/whoami', token)
      expect(answer.status, `step ${step}: ${answer.body.code}`).toBe(200)
      const renewed = tokenOf(answer)
      if (renewed !== undefined) renewals += 1
      if (renewed !== undefined && chance.chance(0.8)) token = renewed
      expect((await get('/whoami', gone)).body.code).toBe('session_revoked')
    }
    expect(renewals).toBeGreaterThan(10)
  },
)

it('processes whose clocks are an hour apart serve one client, and each sees what the other revokes', async () => {
  const path = temporaryDatabase()
  const [early, late] = [await testApp({ path }), await testApp({ path })]
  late.clock.advance(HOUR)
  let token = await early.login('ada')
  for (let round = 0; round < 20; round += 1) {
    for (const { clock, get } of [late, early]) {
      clock.advance(16 * MINUTE)
      const answer = await get('/whoami', token)
      expect(answer.status, `round ${round}: ${answer.body.code}`).toBe(200)
      token = tokenOf(answer) ?? token
    }
  }
  expect(await late.sessions.revokeAll('ada')).toEqual({ revoked: 1 })
  for (const { get } of [early, late]) expect((await get('/whoami', token)).body.code).toBe('session_revoked')
  const other = await late.login('bob')
  expect((await early.get('/whoami', other)).status).toBe(200)
  expect(await early.sessions.revokeAll('bob')).toEqual({ revoked: 1 })
  for (const { get } of [early, late]) expect((await get('/whoami', other)).body.code).toBe('session_revoked')
})
