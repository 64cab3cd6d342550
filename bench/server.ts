import express, { type Express } from 'express'
import { CANDIDATES, keyOf, REFERENCE } from './candidates/all.ts'
import type { Credential, Service, Setting } from './candidates/candidate.ts'
import { listen } from './listen.ts'
import { startProfile, stopProfile } from './profiler.ts'
import { answer } from './questions.ts'

/** What a server has used up and done since its start. */
export interface Usage {
  /** Microseconds of CPU, all threads together. */
  readonly cpu: number
  /** Microseconds by the clock. */
  readonly time: number
  readonly answers: number
}

let service: Service | undefined
let answers = 0

export const questions = {
  /** Starts the server of a candidate; answers with its URL. */
  async open({ key, setting }: { key: string; setting: Setting }): Promise<string> {
    const candidate = [REFERENCE, ...CANDIDATES].find((one) => keyOf(one) === key)
    if (candidate === undefined) throw new Error(`no candidate ${key}`)
    service = await candidate.open(setting)
    return (await listen(appOf(service))).url
  },

  usage(): Usage {
    const { user, system } = process.cpuUsage()
    return { cpu: user + system, time: performance.now() * 1_000, answers }
  },

  async revoke(credential: Credential): Promise<void> {
    await service?.revoke(credential)
  },

  renewalOf(credential: Credential): unknown {
    return service?.renewalOf?.(credential)
  },

  startProfile,
  stopProfile,
}

answer(questions)

/** The same app for all: Express as it comes, one route behind the guard. */
function appOf({ guard, userOf, login }: Service): Express {
  const app = express()
  app.post('/login/:user', async (req, res) => {
    await login(req, res, { id: req.params.user, role: 'user' })
    res.sendStatus(204)
  })
  if (guard.length > 0) app.use(...guard)
  app.get('/me', (req, res) => {
    answers += 1
    res.json({ user: userOf(req) })
  })
  return app
}
