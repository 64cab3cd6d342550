/** Made-up answers for the document. */

const TIME = '2026-11-24T08:15:00.000Z'

export const USER_ID = '5c6a7f0e-3a0e-4a7a-8a53-1d2f5a6b7c8d'
export const JTI = 'Qm9yZGVyIHRlcnJpZXJzIQ'

export const USER = {
  id: USER_ID,
  username: 'ada',
  role: 'user',
  disabled: false,
  createdAt: '2026-11-01T09:00:00.000Z',
  updatedAt: '2026-11-01T09:00:00.000Z',
}

const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

export const SESSION = {
  jti: JTI,
  userId: USER_ID,
  current: true,
  device: {
    browser: 'Firefox',
    browserVersion: '140.0',
    os: 'Linux',
    type: 'desktop',
    name: 'Firefox 140 on Linux',
  },
  ip: '192.0.2.1',
  userAgent: USER_AGENT,
  lastIp: '192.0.2.7',
  lastUserAgent: USER_AGENT,
  createdAt: '2026-11-23T19:30:00.000Z',
  updatedAt: TIME,
  endsAt: '2026-12-01T08:15:00.000Z',
  valid: true,
  revokedAt: null,
  revokedReason: null,
  renewals: 12,
}

export const EVENT = {
  id: 4711,
  at: TIME,
  type: 'session.reused',
  userId: USER_ID,
  actorId: null,
  jti: JTI,
  ip: '198.51.100.23',
  detail: { gen: 3, userAgent: USER_AGENT },
}

const eachMinute = (...last: number[]) => [...Array.from({ length: 60 - last.length }, () => 0), ...last]

export const OVERVIEW = {
  since: '2026-11-24T07:00:00.000Z',
  from: '2026-11-24T07:16:00.000Z',
  active: { count: 128, at: TIME },
  activeSessions: eachMinute(126, 127, 128),
  logins: eachMinute(0, 1, 1),
  renewals: eachMinute(9, 11, 8),
  refusals: eachMinute(0, 2, 1),
  thefts: eachMinute(0, 0, 1),
  refusalsByCode: { session_revoked: 2, token_reused: 1 },
}
