import express from 'express'
import { ConfigurationError, type FingerprintOption, type PolicyOptions, readPolicy } from '../index.ts'
import { SETTINGS } from './settings.ts'

/** Everything that the stand-alone server is told from outside. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly secret: string | undefined
  readonly keysPath: string | undefined
  /** The file of the resource servers. */
  readonly resourcesPath: string | undefined
  readonly policy: PolicyOptions & { readonly issuer: string }
  readonly trustProxy: boolean | number | string
  readonly corsOrigins: readonly string[]
  readonly logLevel: string
  /** Where audit events are sent to. */
  readonly webhook: { readonly url: string; readonly secret: string } | undefined
  /** The first admin, made on an empty database. */
  readonly admin: { readonly username: string; readonly password: string } | undefined
}

/** Values by variable name, from the environment or from flags. */
export type Values = Readonly<Record<string, string | undefined>>

/**
 * Reads the settings; an empty value counts as none, but for a secret.
 *
 * @throws ConfigurationError that names the variable, what it got and what it takes; never a secret.
 */
export function readConfig(values: Values): Config {
  const { get, isGiven } = lookUp(values)
  if (isGiven('JWT_SECRET') && isGiven('JWT_KEYS')) {
    throw new ConfigurationError(
      'JWT_SECRET',
      'a value beside JWT_KEYS',
      'a value only where JWT_KEYS has none',
    )
  }
  const config: Config = {
    host: get('HOST'),
    port: readPort(get('PORT')),
    databaseUrl: get('DATABASE_URL'),
    secret: readSecret('JWT_SECRET', values['JWT_SECRET']),
    keysPath: isGiven('JWT_KEYS') ? get('JWT_KEYS') : undefined,
    resourcesPath: isGiven('RESOURCE_KEYS') ? get('RESOURCE_KEYS') : undefined,
    policy: readPolicyOptions(get),
    trustProxy: readTrustProxy(get('TRUST_PROXY')),
    corsOrigins: readOrigins(get('CORS_ORIGINS')),
    logLevel: readLogLevel(get('LOG_LEVEL')),
    webhook: readWebhook(values['AUDIT_WEBHOOK_URL'], values['AUDIT_WEBHOOK_SECRET']),
    admin: readAdmin(values['ADMIN_USERNAME'], values['ADMIN_PASSWORD']),
  }
  refuseForgeableAddresses(config)
  return config
}

/** An error of the library under the name that the operator knows: `tokenTtl` is `TOKEN_TTL`. */
export function inVariables(error: ConfigurationError): ConfigurationError {
  const setting = SETTINGS.find(({ option }) => option === error.option)
  return setting === undefined
    ? error
    : new ConfigurationError(setting.variable, error.got, setting.takes ?? error.takes)
}

function lookUp(values: Values) {
  const byDefault = new Map(SETTINGS.map((setting) => [setting.variable, setting.byDefault]))
  const isGiven = (variable: string): boolean => (values[variable] ?? '') !== ''
  const get = (variable: string): string =>
    isGiven(variable) ? (values[variable] as string) : (byDefault.get(variable) ?? '')
  return { get, isGiven }
}

function readPolicyOptions(get: (variable: string) => string): Config['policy'] {
  const policy = {
    issuer: get('JWT_ISSUER'),
    audience: get('JWT_AUDIENCE'),
    tokenTtl: get('TOKEN_TTL'),
    idleTimeout: get('IDLE_TIMEOUT'),
    maxAge: get('MAX_AGE'),
    grace: get('GRACE'),
    renewBefore: get('RENEW_BEFORE'),
    fingerprint: get('FINGERPRINT') as FingerprintOption,
    maxSessionsPerUser: readCount(get('MAX_SESSIONS_PER_USER')),
  }
  try {
    readPolicy(policy)
  } catch (error) {
    throw error instanceof ConfigurationError ? inVariables(error) : error
  }
  return policy
}

function readCount(value: string): number {
  if (/^\d{1,7}$/.test(value)) return Number(value)
  throw new ConfigurationError(
    'MAX_SESSIONS_PER_USER',
    JSON.stringify(value),
    'a whole number, 0 for no limit',
  )
}

function readPort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (port <= 65_535) return port
  throw new ConfigurationError('PORT', JSON.stringify(value), 'a whole number from 0 to 65535')
}

/** As the library asks of a secret that signs (RFC 7518 section 3.2). */
const SECRET_BYTES = 32

function readSecret(variable: string, value: string | undefined): string | undefined {
  if (value === undefined || Buffer.byteLength(value) >= SECRET_BYTES) return value
  throw new ConfigurationError(
    variable,
    `${Buffer.byteLength(value)} bytes`,
    `at least ${SECRET_BYTES} bytes`,
  )
}

/** A number of hops, true, false, or addresses; Express itself tells whether it takes them. */
function readTrustProxy(value: string): boolean | number | string {
  if (value === 'true' || value === 'false') return value === 'true'
  if (/^\d{1,2}$/.test(value)) return Number(value)
  try {
    express().set('trust proxy', value)
    return value
  } catch {
    throw new ConfigurationError(
      'TRUST_PROXY',
      JSON.stringify(value),
      'true, false, a number of proxies, or addresses and networks such as loopback, 10.0.0.0/8',
    )
  }
}

function readOrigins(value: string): readonly string[] {
  const origins = value.split(',').flatMap((origin) => origin.trim() || [])
  const isRight = origins.every((origin) => isOrigin(origin)) || (origins.length === 1 && origins[0] === '*')
  if (isRight) return origins
  throw new ConfigurationError(
    'CORS_ORIGINS',
    JSON.stringify(value),
    'origins such as https://app.example.org, separated by commas, or * alone',
  )
}

function isOrigin(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value) && new URL(value).origin === value
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

function readLogLevel(value: string): string {
  if (LOG_LEVELS.includes(value)) return value
  throw new ConfigurationError('LOG_LEVEL', JSON.stringify(value), LOG_LEVELS.join(', '))
}

/** Neither is told in an error: such addresses often have a secret in them. */
function readWebhook(url = '', secret = ''): Config['webhook'] {
  if (url === '' && secret === '') return undefined
  const takes = 'an http or https URL without a user name, beside AUDIT_WEBHOOK_SECRET'
  if (url === '') throw new ConfigurationError('AUDIT_WEBHOOK_URL', 'nothing', takes)
  if (!isWebAddress(url)) throw new ConfigurationError('AUDIT_WEBHOOK_URL', 'something else', takes)
  readSecret('AUDIT_WEBHOOK_SECRET', secret)
  return { url, secret }
}

function isWebAddress(value: string): boolean {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) return false
  const { username, password } = new URL(value)
  return username === '' && password === ''
}

function readAdmin(username = '', password = ''): Config['admin'] {
  if (username === '' && password === '') return undefined
  if (username !== '' && password !== '') return { username, password }
  const missing = username === '' ? 'ADMIN_USERNAME' : 'ADMIN_PASSWORD'
  throw new ConfigurationError(missing, 'nothing', 'a value where ADMIN_USERNAME or ADMIN_PASSWORD has one')
}

/** With `true`, every client chooses its own address, and a rule on addresses would be worth nothing. */
function refuseForgeableAddresses({ trustProxy, policy }: Config): void {
  if (trustProxy === true && readPolicy(policy).fingerprint.comparesIp) {
    throw new ConfigurationError(
      'TRUST_PROXY',
      `true, with FINGERPRINT=${policy.fingerprint}`,
      'the number or the addresses of your proxies, as true lets every client choose its address',
    )
  }
}
