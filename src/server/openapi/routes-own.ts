import { z } from 'zod'
import { loginBody, passwordBody } from '../schemas.ts'
import { accountAnswer, loginAnswer, revokedAnswer, sessionsAnswer } from './answers.ts'
import { JTI, SESSION, USER, USER_ID } from './examples.ts'
import type { Route } from './operation.ts'
import { jtiPath } from './paths.ts'

/** What a user does with the own account and the own sessions, by path and method. */
export const ownRoutes = {
  'POST /login': {
    name: 'login',
    tag: 'Session',
    summary: 'Log in',
    description:
      'Begins a session. An unknown name, a wrong password and a disabled user are answered alike. Where the request carries a token of a session of the same user, that one ends.',
    access: 'anybody',
    body: { schema: loginBody, example: { username: 'ada', password: 'correct horse battery' } },
    answer: {
      status: 200,
      description: 'The session, and its first token.',
      schema: loginAnswer,
      example: { user: USER, session: { ...SESSION, renewals: 0 }, token: 'eyJhbGciOi…' },
      headers: { 'X-JWT': z.string().meta({ description: 'The first token of the session.' }) },
    },
    codes: ['credentials_invalid', 'rate_limited'],
  },
  'POST /logout': {
    name: 'logout',
    tag: 'Session',
    summary: 'Log out',
    description: 'Ends the session of the token. No new token goes out.',
    access: 'user',
    answer: { status: 204, description: 'The session is over.' },
  },
  'GET /me': {
    name: 'me',
    tag: 'Session',
    summary: 'Who is logged in',
    access: 'user',
    answer: {
      status: 200,
      description: 'The user, and the session of the token.',
      schema: accountAnswer,
      example: { user: USER, session: SESSION },
    },
  },
  'PUT /me/password': {
    name: 'changePassword',
    tag: 'Session',
    summary: 'Change the own password',
    description: 'Every other session of the user ends.',
    access: 'user',
    body: {
      schema: passwordBody,
      example: { currentPassword: 'correct horse battery', newPassword: 'staple of the day' },
    },
    answer: { status: 204, description: 'The password is changed.' },
    codes: ['credentials_invalid', 'rate_limited'],
  },
  'GET /verify': {
    name: 'verify',
    tag: 'Session',
    summary: 'Check a token for a proxy',
    description: 'Forward auth: the proxy asks here, and hands the headers on.',
    access: 'user',
    answer: {
      status: 204,
      description: 'The token is in order.',
      headers: {
        'X-User': z.string().meta({ description: 'The id of the user.', example: USER_ID }),
        'X-Role': z.string().meta({ description: 'The role of the user.', example: 'user' }),
        'X-Session': z.string().meta({ description: 'The identifier of the session.', example: JTI }),
      },
    },
    refusalHeaders: {
      'X-Problem': z.string().meta({
        description: 'The problem document once more, in ASCII, for proxies that hand on no body.',
      }),
    },
  },
  'GET /me/sessions': {
    name: 'listSessions',
    tag: 'Devices',
    summary: 'List the own sessions',
    description: 'Valid ones first, then the latest renewal first; at most 1,000.',
    access: 'user',
    answer: {
      status: 200,
      description: 'The sessions of the user.',
      schema: sessionsAnswer,
      example: { sessions: [SESSION] },
    },
  },
  'DELETE /me/sessions': {
    name: 'revokeSessions',
    tag: 'Devices',
    summary: 'End all own sessions',
    access: 'user',
    query: z.object({
      except: z.literal('current').optional().meta({ description: 'Keeps the session of this request.' }),
    }),
    answer: {
      status: 200,
      description: 'They are over, everywhere, at once.',
      schema: revokedAnswer,
      example: { revoked: 3 },
    },
  },
  'DELETE /me/sessions/{jti}': {
    name: 'revokeSession',
    tag: 'Devices',
    summary: 'End one of the own sessions',
    access: 'user',
    path: jtiPath,
    answer: { status: 204, description: 'It is over.' },
    codes: ['not_found'],
  },
} as const satisfies Record<string, Route>
