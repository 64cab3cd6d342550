import { join } from 'node:path'
import request from 'supertest'
import { describe, expect, it, vi } from 'vitest'
import { ERRORS } from '../../src/index.ts'
import { temporaryFolder } from '../support/files.ts'
import { HOUR, MINUTE, T0 } from '../support/records.ts'
import { type Bench, logIn, PASSWORD, startBench, startPopulatedBench, WRONG } from './support.ts'

/** What a scrape gives, by name and labels: `sliding_jwt_renewals_total`, `…{outcome="ok"}`. */
async function scrape({ app }: Pick<Bench, 'app'>): Promise<Map<string, number>> {
  const { text } = await request(app).get('/metrics').expect(200)
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(/ (\S+)$/.exec(line)?.[1])]))
}

describe('/metrics', () => {
  it('is in the text format of Prometheus', async () => {
    const { app } = await startBench()
    const { headers, text } = await request(app).get('/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(text).toContain('# TYPE sliding_jwt_requests_total counter')
  })

  it('counts what happens', async () => {
    const bench = await startPopulatedBench()
    const { app, ada, clock, database } = bench
    await request(app).post('/login').send({ username: 'ada', password: WRONG })
    await request(app).get('/me')
    clock.now = T0 + HOUR
    const renewed = await request(app).get('/me').set(ada.headers)
    await request(app).get('/me').set(ada.headers)
    const successor = { ...ada.headers, Authorization: `Bearer ${renewed.headers['x-jwt']}` }
    await request(app).get('/me').set(successor)
    clock.now += 2 * HOUR
    await request(app).get('/me').set(successor).set('User-Agent', 'curl/8')
    await request(app).get('/me').set(ada.headers)
    clock.now += MINUTE
    vi.spyOn(database.sessions, 'list').mockRejectedValue(new Error('disk I/O error'))
    const root = await logIn(bench, 'root')
    await request(app).get('/me/sessions').set(root.headers)

    const figures = Object.fromEntries(await scrape(bench))
    expect(figures).toMatchObject({
      'sliding_jwt_requests_total{outcome="ok"}': 5,
      'sliding_jwt_requests_total{outcome="renewed"}': 1,
      'sliding_jwt_requests_total{outcome="token_missing"}': 1,
      'sliding_jwt_requests_total{outcome="credentials_invalid"}': 1,
      'sliding_jwt_requests_total{outcome="fingerprint_mismatch"}': 1,
      'sliding_jwt_requests_total{outcome="token_reused"}': 1,
      'sliding_jwt_requests_total{outcome="unavailable"}': 1,
      sliding_jwt_login_failures_total: 1,
      sliding_jwt_sessions_started_total: 3,
      sliding_jwt_renewals_total: 1,
      sliding_jwt_grace_answers_total: 1,
      sliding_jwt_fingerprint_refusals_total: 1,
      sliding_jwt_reuses_caught_total: 1,
      sliding_jwt_store_errors_total: 1,
      sliding_jwt_active_sessions: 2,
      sliding_jwt_request_duration_seconds_count: 11,
    })
    expect(figures['sliding_jwt_commit_writes_sum']).toBeGreaterThanOrEqual(6)
    expect(figures['sliding_jwt_commit_duration_seconds_count']).toBeGreaterThanOrEqual(5)
    expect(figures['sliding_jwt_session_lookups_total{result="hit"}']).toBeGreaterThan(0)
  })

  it('tells hits of memory from misses', async () => {
    const path = join(temporaryFolder(), 'sessions.db')
    const { ada } = await startPopulatedBench({ path })
    const other = await startBench({ path })
    const lookups = async () => {
      const figures = await scrape(other)
      const of = (result: string) => figures.get(`sliding_jwt_session_lookups_total{result="${result}"}`) ?? 0
      return [of('hit'), of('miss')]
    }
    expect(await lookups()).toEqual([0, 0])
    await request(other.app).get('/verify').set(ada.headers).expect(204)
    const [hits = 0, misses = 0] = await lookups()
    expect([hits, misses]).toEqual([0, 1])
    await request(other.app).get('/verify').set(ada.headers).expect(204)
    expect(await lookups()).toEqual([hits + 1, misses])
  })

  it('counts writes that share a commit', async () => {
    const bench = await startPopulatedBench()
    const sums = async () => {
      const figures = await scrape(bench)
      return {
        commits: figures.get('sliding_jwt_commit_writes_count') ?? 0,
        writes: figures.get('sliding_jwt_commit_writes_sum') ?? 0,
      }
    }
    const before = await sums()
    await Promise.all(
      Array.from({ length: 5 }, () => bench.database.sessions.revoke({ jti: bench.ada.jti }, 'admin', T0)),
    )
    const after = await sums()
    expect({ commits: after.commits - before.commits, writes: after.writes - before.writes }).toEqual({
      commits: 1,
      writes: 5,
    })
  })

  it.each([
    ['users', ({ users }: Bench) => users.find('ada')],
    ['events', ({ database }: Bench) => database.events.list({ limit: 1 })],
    ['limits', ({ database }: Bench) => database.loginLimits.failures('ada')],
    ['sessions', ({ sessions }: Bench) => sessions.list('ada')],
    ['readiness', ({ database }: Bench) => database.ping()],
  ])('counts once what the database of %s did not answer', async (_, ask) => {
    const bench = await startBench()
    const failures = async () => (await scrape(bench)).get('sliding_jwt_store_errors_total')
    expect(await failures()).toBe(0)
    await bench.database.close()
    const before = (await failures()) ?? Number.NaN
    await expect(ask(bench)).rejects.toMatchObject({ code: 'unavailable' })
    expect(await failures()).toBe(before + 1)
  })

  it('has closed labels and nothing of anybody, whatever is asked', async () => {
    const bench = await startPopulatedBench()
    const { app, ada, root } = bench
    await request(app).get(`/nothing/${ada.token}`).set(ada.headers)
    await request(app).get('/admin/users?search=hush').set(root.headers)
    await request(app).post('/login').send({ username: 'hush', password: PASSWORD })
    await request(app).post('/login').send({ username: 'ada', hush: 1 })
    const { text } = await request(app).get('/metrics')
    for (const secret of [ada.token, ada.jti, ada.id, 'ada', 'hush', PASSWORD, '127.0.0.1', 'Mozilla']) {
      expect(text).not.toContain(secret)
    }
    const labels = [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => ({ name, value }))
    const outcomes = labels.filter(({ name }) => name === 'outcome').map(({ value }) => value)
    const known = ['ok', 'renewed', 'aborted', 'other', ...Object.keys(ERRORS)]
    expect(outcomes.filter((value) => !known.includes(value ?? ''))).toEqual([])
    expect([...new Set(labels.map(({ name }) => name))].sort()).toEqual(['le', 'outcome', 'result'])
  })

  it('tells of the process where it is told to, its event loop among it', async () => {
    const bench = await startBench()
    bench.metrics.watchProcess()
    const names = [...(await scrape(bench)).keys()]
    expect(names).toContain('nodejs_eventloop_lag_p99_seconds')
    expect(names).toContain('process_resident_memory_bytes')
  })

  it('calls sessions that could not be counted yet no number', async () => {
    const bench = await startBench()
    vi.spyOn(bench.overview, 'countActive').mockResolvedValue(undefined)
    expect((await scrape(bench)).get('sliding_jwt_active_sessions')).toBeNaN()
  })
})
