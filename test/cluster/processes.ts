import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { Device, payloadOf, type Reply } from '../faults/device.ts'
import { temporaryDatabase } from '../support/files.ts'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'

const PROCESSES = 4

export const ROOT = { username: 'root', password: 'correct horse battery' }

/** Servers in processes of their own on one file, until the test is over. */
export interface Cluster {
  readonly servers: readonly ServerProcess[]
  readonly first: ServerProcess
  /** The latest generation of a session that was issued, as the file has it. */
  issued(device: Device): number | undefined
}

export async function cluster(settings: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const path = temporaryDatabase()
  const admin = { ADMIN_USERNAME: ROOT.username, ADMIN_PASSWORD: ROOT.password }
  const environment = { ...admin, DATABASE_URL: path, ...settings }
  const start = async () => {
    const server = await spawnServer(environment)
    onTestFinished(() => server.kill())
    return server
  }
  const first = await start()
  const servers = [first, ...(await Promise.all(Array.from({ length: PROCESSES - 1 }, start)))]
  const file = new Database(path, { readonly: true })
  onTestFinished(() => void file.close())
  const issued = file.prepare<[Buffer], number>('SELECT issued FROM sliding_sessions WHERE jti = ?').pluck()
  return { servers, first, issued: (device) => issued.get(Buffer.from(jtiOf(device), 'base64url')) }
}

/** A device that is logged in. */
export async function loggedIn({ url }: ServerProcess, { username, password } = ROOT): Promise<Device> {
  const device = new Device(username)
  const reply = await device.login(url, username, password)
  if (device.token === undefined) throw new Error(`no login: ${JSON.stringify(reply)}`)
  return device
}

/** Sends one request with a device's token to every server, several times over, all at once. */
export function everywhere(
  servers: readonly ServerProcess[],
  { name, token }: Device,
  times = 1,
): Promise<{ reply: Reply; token: string | undefined }[]> {
  const urls = Array.from({ length: times }, () => servers.map(({ url }) => url)).flat()
  return Promise.all(
    urls.map(async (url) => {
      const copy = new Device(name, token)
      return { reply: await copy.send(url, 'GET', '/verify'), token: copy.token }
    }),
  )
}

/** The session of a device. */
export function jtiOf({ token }: Device): string {
  return payloadOf(token ?? '').jti
}
