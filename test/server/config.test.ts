import { describe, expect, test } from 'vitest'
import { ConfigurationError } from '../../src/index.ts'
import { readConfig } from '../../src/server/config.ts'
import { SETTINGS } from '../../src/server/settings.ts'

const SECRET = 'a secret of more than thirty-two bytes'

describe('readConfig', () => {
  test('without any variable it takes the documented defaults', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: 'sliding-jwt.db',
      secret: undefined,
      keysPath: undefined,
      resourcesPath: undefined,
      policy: {
        issuer: 'sliding-jwt',
        audience: 'sliding-jwt',
        tokenTtl: '15m',
        idleTimeout: '7d',
        maxAge: '30d',
        grace: '60s',
        renewBefore: '0',
        fingerprint: 'balanced',
        maxSessionsPerUser: 0,
      },
      trustProxy: false,
      corsOrigins: [],
      logLevel: 'info',
      admin: undefined,
    })
  })

  test.each([
    ['PORT', '0', { port: 0 }],
    ['JWT_SECRET', SECRET, { secret: SECRET }],
    ['JWT_KEYS', 'keys.json', { keysPath: 'keys.json' }],
    ['RESOURCE_KEYS', 'resources.json', { resourcesPath: 'resources.json' }],
    ['TRUST_PROXY', 'true', { trustProxy: true }],
    ['TRUST_PROXY', '2', { trustProxy: 2 }],
    ['TRUST_PROXY', 'loopback, 10.0.0.0/8', { trustProxy: 'loopback, 10.0.0.0/8' }],
    [
      'CORS_ORIGINS',
      'https://a.example, http://b.example:8080',
      { corsOrigins: ['https://a.example', 'http://b.example:8080'] },
    ],
    ['CORS_ORIGINS', '*', { corsOrigins: ['*'] }],
    ['HOST', '', { host: '127.0.0.1' }],
  ])('%s=%s', (variable, value, expected) => {
    expect(readConfig({ [variable]: value })).toMatchObject(expected)
  })

  test.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80a'],
    ['TOKEN_TTL', '15 minutes'],
    ['TOKEN_TTL', '0'],
    ['IDLE_TIMEOUT', '-7d'],
    ['MAX_AGE', '4000d'],
    ['GRACE', 'long'],
    ['RENEW_BEFORE', '15m'],
    ['FINGERPRINT', 'custom'],
    ['MAX_SESSIONS_PER_USER', '1.5'],
    ['MAX_SESSIONS_PER_USER', '-1'],
    ['TRUST_PROXY', 'everybody'],
    ['CORS_ORIGINS', 'a.example'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['CORS_ORIGINS', '*, https://a.example'],
    ['LOG_LEVEL', 'loud'],
    ['JWT_ISSUER', 'ünlike ASCII'],
  ])('%s=%s stops the start with one line of variable, what it got and what it takes', (variable, value) => {
    const error = failureOf({ [variable]: value })
    expect(error.option).toBe(variable)
    expect(error.message).toMatch(new RegExp(`^${variable}: got .*, takes .+$`))
    expect(error.got).toContain(value)
  })

  test.each([
    ['short and sweet', '15 bytes'],
    ['', '0 bytes'],
  ])('a secret is never shown, only its length', (secret, got) => {
    const error = failureOf({ JWT_SECRET: secret })
    expect(error).toMatchObject({ option: 'JWT_SECRET', got, takes: 'at least 32 bytes' })
  })

  test.each([
    [{ ADMIN_USERNAME: 'root' }, 'ADMIN_PASSWORD'],
    [{ ADMIN_PASSWORD: 'a password' }, 'ADMIN_USERNAME'],
    [{ JWT_SECRET: SECRET, JWT_KEYS: 'keys.json' }, 'JWT_SECRET'],
    [{ AUDIT_WEBHOOK_URL: 'https://example.org/hook' }, 'AUDIT_WEBHOOK_SECRET'],
    [{ AUDIT_WEBHOOK_SECRET: SECRET }, 'AUDIT_WEBHOOK_URL'],
    [{ TRUST_PROXY: 'true', FINGERPRINT: 'strict' }, 'TRUST_PROXY'],
  ])('%o do not go together', (values, option) => {
    expect(failureOf(values)).toMatchObject({ option })
  })

  test.each(['ftp://example.org/hush', 'https://user:hush@example.org/', 'hush', 'https://[hush'])(
    'AUDIT_WEBHOOK_URL does not take %s, and does not tell it',
    (url) => {
      const error = failureOf({ AUDIT_WEBHOOK_URL: url, AUDIT_WEBHOOK_SECRET: SECRET })
      expect(error).toMatchObject({ option: 'AUDIT_WEBHOOK_URL', got: 'something else' })
    },
  )

  test('AUDIT_WEBHOOK_URL and AUDIT_WEBHOOK_SECRET', () => {
    const url = 'https://example.org/hook?key=a'
    expect(readConfig({ AUDIT_WEBHOOK_URL: url, AUDIT_WEBHOOK_SECRET: SECRET }).webhook).toEqual({
      url,
      secret: SECRET,
    })
    expect(readConfig({}).webhook).toBeUndefined()
    expect(failureOf({ AUDIT_WEBHOOK_URL: url, AUDIT_WEBHOOK_SECRET: 'short' })).toMatchObject({
      option: 'AUDIT_WEBHOOK_SECRET',
      got: '5 bytes',
    })
  })

  test('TRUST_PROXY=true is taken where no rule compares addresses', () => {
    expect(readConfig({ TRUST_PROXY: 'true', FINGERPRINT: 'off' }).trustProxy).toBe(true)
  })

  test('every setting has a variable of its own', () => {
    expect(new Set(SETTINGS.map(({ variable }) => variable)).size).toBe(SETTINGS.length)
  })
})

function failureOf(values: Record<string, string>): ConfigurationError {
  try {
    readConfig(values)
  } catch (error) {
    if (error instanceof ConfigurationError) return error
  }
  throw new Error('it was taken')
}
