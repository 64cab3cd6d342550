import express, { type Express } from 'express'
import session, { type Store } from 'express-session'
import { type SlidingSession, slidingSession } from '../../src/index.ts'

/** What the pages take for granted in their blocks: an app of the reader's own, with users and their orders. */

export const app: Express = express().use(express.json())

export const sessions: SlidingSession = await slidingSession({
  secret: 'a secret of the reader, 32 bytes or more',
  database: ':memory:',
})

export const users = {
  claimsOf: (userId: string) => (userId === 'ada' ? { role: 'admin' } : null),
}

export async function checkPassword(_body: unknown): Promise<{ id: string; name: string }> {
  return { id: 'ada', name: 'Ada' }
}

export function ordersOf(userId: string): string[] {
  return [`tea for ${userId}`]
}

export async function takeRefreshToken(token: unknown): Promise<string | undefined> {
  return token === undefined ? undefined : 'ada'
}

/** Of the express-session that somebody moves from. */
export const secret = 'a secret of the old sessions'
export const store: Store = new session.MemoryStore()

declare module 'express-session' {
  interface SessionData {
    userId?: string
  }
}

/** Credentials of who reads about clients. */
export const username: string = process.env['NAME'] ?? ''
export const password: string = process.env['PASSWORD'] ?? ''

/** What a browser has and Node has not. */
export const location = { assign: (_url: string): void => undefined }
