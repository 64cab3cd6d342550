import { z } from 'zod'
import { createUserBody, eventsQuery, updateUserBody, usersQuery } from '../schemas.ts'
import {
  eventsAnswer,
  overviewAnswer,
  revokedAnswer,
  sessionsAnswer,
  userAnswer,
  usersAnswer,
} from './answers.ts'
import { EVENT, OVERVIEW, SESSION, USER, USER_ID } from './examples.ts'
import type { Route } from './operation.ts'
import { jtiPath, userPath } from './paths.ts'

/** What administrators do, by path and method. Their rights are read from the database on each request. */
export const adminRoutes = {
  'GET /admin/overview': {
    name: 'overview',
    tag: 'Administration',
    summary: 'What goes on',
    description:
      'Counted by this process since it began, but for the active sessions, which are those of all.',
    access: 'admin',
    answer: {
      status: 200,
      description: 'Figures of the last hour.',
      schema: overviewAnswer,
      example: OVERVIEW,
    },
  },
  'GET /admin/users': {
    name: 'listUsers',
    tag: 'Administration',
    summary: 'List users',
    access: 'admin',
    query: usersQuery,
    answer: {
      status: 200,
      description: 'A page of users, in the order of their names.',
      schema: usersAnswer,
      example: { users: [USER], nextCursor: null },
    },
  },
  'POST /admin/users': {
    name: 'createUser',
    tag: 'Administration',
    summary: 'Add a user',
    access: 'admin',
    body: {
      schema: createUserBody,
      example: { username: 'ada', password: 'correct horse battery', role: 'user' },
    },
    answer: {
      status: 201,
      description: 'The new user.',
      schema: userAnswer,
      example: { user: USER },
      headers: {
        Location: z.string().meta({ description: 'Where the user is.', example: `/admin/users/${USER_ID}` }),
      },
    },
    codes: ['conflict'],
  },
  'GET /admin/users/{id}': {
    name: 'getUser',
    tag: 'Administration',
    summary: 'One user',
    access: 'admin',
    path: userPath,
    answer: { status: 200, description: 'The user.', schema: userAnswer, example: { user: USER } },
    codes: ['not_found'],
  },
  'PATCH /admin/users/{id}': {
    name: 'updateUser',
    tag: 'Administration',
    summary: 'Change a user',
    description:
      'Who is disabled, or gets a new password, loses all sessions at once. A new role counts from the next renewal on, and for administration at once. The last enabled administrator stays one.',
    access: 'admin',
    path: userPath,
    body: { schema: updateUserBody, example: { disabled: true } },
    answer: {
      status: 200,
      description: 'The user as it is now.',
      schema: userAnswer,
      example: { user: { ...USER, disabled: true } },
    },
    codes: ['not_found', 'conflict'],
  },
  'GET /admin/users/{id}/sessions': {
    name: 'listUserSessions',
    tag: 'Administration',
    summary: 'List the sessions of a user',
    access: 'admin',
    path: userPath,
    answer: {
      status: 200,
      description: 'Valid ones first, then the latest renewal first; at most 1,000.',
      schema: sessionsAnswer,
      example: { sessions: [{ ...SESSION, current: false }] },
    },
    codes: ['not_found'],
  },
  'DELETE /admin/users/{id}/sessions': {
    name: 'revokeUserSessions',
    tag: 'Administration',
    summary: 'End all sessions of a user',
    access: 'admin',
    path: userPath,
    answer: {
      status: 200,
      description: 'They are over, everywhere, at once.',
      schema: revokedAnswer,
      example: { revoked: 3 },
    },
    codes: ['not_found'],
  },
  'DELETE /admin/sessions/{jti}': {
    name: 'revokeAnySession',
    tag: 'Administration',
    summary: 'End one session of anybody',
    access: 'admin',
    path: jtiPath,
    answer: { status: 204, description: 'It is over.' },
    codes: ['not_found'],
  },
  'GET /admin/events': {
    name: 'listEvents',
    tag: 'Administration',
    summary: 'The audit trail',
    access: 'admin',
    query: eventsQuery,
    answer: {
      status: 200,
      description: 'A page of events, the newest first.',
      schema: eventsAnswer,
      example: { events: [EVENT], users: { [USER_ID]: 'ada' }, nextCursor: null },
    },
  },
} as const satisfies Record<string, Route>
