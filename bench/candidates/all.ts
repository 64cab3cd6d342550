import type { Candidate, Service, Setting } from './candidate.ts'

/** What everything else is measured against. */
export const REFERENCE: Candidate = {
  path: 'fresh',
  name: 'bare',
  title: 'bare Express',
  claims: undefined,
  open: async (setting) => (await import('./bare.ts')).bare(setting),
}

/** All that is put under load, in the order of the tables. A peer is loaded only where it is opened. */
export const CANDIDATES: readonly Candidate[] = [
  { ...REFERENCE, name: 'twin', title: 'bare Express again (A/A twin)' },
  {
    ...REFERENCE,
    name: 'empty',
    title: 'a middleware that does nothing',
    open: async (setting) => (await import('./bare.ts')).empty(setting),
  },
  {
    path: 'fresh',
    name: 'ours-single',
    title: 'sliding-jwt, one process',
    claims: 'this process',
    open: async (setting) => (await ours()).ours(setting, (await ours()).SINGLE),
  },
  {
    path: 'fresh',
    name: 'ours',
    title: 'sliding-jwt',
    claims: 'every process',
    open: async (setting) => (await ours()).ours(setting, (await ours()).LONG),
  },
  {
    path: 'fresh',
    name: 'ours-postgres',
    title: 'sliding-jwt on PostgreSQL',
    claims: 'every process, pushed',
    isOnPostgres: true,
    open: async (setting) => (await ours()).ours(setting, (await ours()).LONG),
  },
  {
    path: 'fresh',
    name: 'ours-strict',
    title: 'sliding-jwt, strict route',
    claims: 'every process',
    open: async (setting) => (await ours()).ours(setting, (await ours()).LONG, { strict: true }),
  },
  {
    path: 'fresh',
    name: 'jsonwebtoken',
    title: 'jsonwebtoken by hand',
    claims: 'no',
    open: async (setting) => (await import('./jsonwebtoken.ts')).stateless(setting),
  },
  {
    path: 'fresh',
    name: 'jsonwebtoken-select',
    title: 'jsonwebtoken by hand + SELECT',
    claims: 'every process',
    open: async (setting) => (await import('./jsonwebtoken.ts')).withSelect(setting),
  },
  {
    path: 'fresh',
    name: 'express-jwt',
    title: 'express-jwt',
    claims: 'no',
    open: async (setting) => (await import('./express-jwt.ts')).expressJwt(setting),
  },
  {
    path: 'fresh',
    name: 'passport-jwt',
    title: 'passport-jwt',
    claims: 'no',
    open: async (setting) => (await import('./passport-jwt.ts')).passportJwt(setting),
  },
  {
    path: 'fresh',
    name: 'express-session',
    title: 'express-session + SQLite',
    claims: 'every process',
    open: (setting) => expressSession(setting, false),
  },
  {
    path: 'fresh',
    name: 'better-auth',
    title: 'better-auth',
    claims: 'every process',
    open: (setting) => betterAuth(setting, 'NEVER'),
  },
  {
    path: 'fresh',
    name: 'better-auth-cache',
    title: 'better-auth, cookie cache',
    claims: 'no',
    open: (setting) => betterAuth(setting, 'CACHE'),
  },
  {
    path: 'neighbour',
    name: 'empty-alone',
    title: 'a middleware that does nothing, alone',
    claims: undefined,
    open: async (setting) => (await import('./bare.ts')).empty(setting),
  },
  {
    path: 'neighbour',
    name: 'empty',
    title: 'the same beside a process that writes',
    claims: undefined,
    open: async (setting) => besideWriter(setting, (await import('./bare.ts')).empty(setting)),
  },
  {
    path: 'neighbour',
    name: 'ours-alone',
    title: 'sliding-jwt, alone',
    claims: 'every process',
    open: async (setting) => (await ours()).ours(setting, (await ours()).LONG),
  },
  {
    path: 'neighbour',
    name: 'ours',
    title: 'the same beside a process that writes',
    claims: 'every process',
    open: async (setting) => besideWriter(setting, (await ours()).ours(setting, (await ours()).LONG)),
  },
  {
    path: 'renew',
    name: 'ours',
    title: 'sliding-jwt',
    claims: 'every process',
    open: async (setting) => (await ours()).ours(setting, (await ours()).EXPIRED),
  },
  {
    path: 'renew',
    name: 'express-session',
    title: 'express-session + SQLite, rolling',
    claims: 'every process',
    open: (setting) => expressSession(setting, true),
  },
  {
    path: 'renew',
    name: 'better-auth',
    title: 'better-auth, updateAge 0',
    claims: 'every process',
    open: (setting) => betterAuth(setting, 'ALWAYS'),
  },
]

/** Whether a candidate is there to show what the measuring itself is worth. */
export function isControl({ name }: Pick<Candidate, 'name'>): boolean {
  return ['twin', 'empty', 'empty-alone'].includes(name)
}

/** The name of a candidate among all paths. */
export function keyOf({ path, name }: Pick<Candidate, 'path' | 'name'>): string {
  return `${path}/${name}`
}

function ours() {
  return import('./ours.ts')
}

async function besideWriter(setting: Setting, service: Promise<Service>): Promise<Service> {
  return (await import('./beside-writer.ts')).besideWriter(setting, await service)
}

async function expressSession(setting: Setting, rolling: boolean): Promise<Service> {
  return (await import('./express-session.ts')).expressSession(setting, { rolling })
}

async function betterAuth(setting: Setting, session: 'NEVER' | 'CACHE' | 'ALWAYS'): Promise<Service> {
  const peer = await import('./better-auth.ts')
  return peer.betterAuthentication(setting, peer.SESSIONS[session])
}
