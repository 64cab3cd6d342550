import type { Auth } from '../outcome.ts'

export type { Auth }

declare global {
  namespace Express {
    interface Request {
      /**
       * Who sent the request: present behind `authenticate()`. It is undefined where that did not run, and with
       * `optional` where no token was sent.
       */
      auth: Auth
    }
  }
}
