import { z } from 'zod'
import { JTI, USER_ID } from './examples.ts'

/** Identifiers in the paths of routes. */

export const userPath = z.object({
  id: z.string().meta({ description: 'The identifier of a user.', example: USER_ID }),
})

export const jtiPath = z.object({
  jti: z.string().meta({ description: 'The identifier of a session.', example: JTI }),
})
