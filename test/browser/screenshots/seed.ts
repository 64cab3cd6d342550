import { BROWSERS, PROGRAMS } from '../../support/user-agents.ts'
import { Device } from '../device.ts'
import type { TestServer } from '../server.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long before the pictures the story begins; the server's clock starts that far back. */
export const STORY = 6 * DAY

const OFFICE = '198.51.100.24'

const NAMES = [
  ...['amara.okafor', 'ben.keller', 'chiara.rossi', 'daniel.novak', 'elif.yilmaz', 'fatima.zahra'],
  ...['greta.lind', 'hiro.tanaka', 'ines.moreau', 'jonas.weber', 'katja.horvat', 'liam.murphy'],
  ...['marta.silva', 'noah.dubois', 'olga.petrova', 'pavel.dvorak', 'rosa.jimenez', 'sven.larsen'],
  ...['tomas.kovac', 'wei.zhang'],
]

/** How many of the crowd are there when the last hour begins. */
const EARLY = 20

/** A small company: people sign in, move, are refused; a token is stolen. The last hour is told by the minute. */
export async function seed(server: TestServer, admin: string, owner: string): Promise<void> {
  const { addUser, advance } = server
  await addUser(admin, 'admin')
  for (const name of [...NAMES, owner]) await addUser(name)
  const own = await daysBefore(server, owner)
  const crowd = NAMES.flatMap((name, index) => devicesOf(server, name, index))
  for (const { name, device } of crowd.slice(0, EARLY)) await device.logIn(name)
  const incidents = await incidentsOf(server, crowd, own)
  for (let minute = 1; minute < 60; minute += 1) {
    advance(MINUTE)
    await crowdActs(crowd, minute)
    await incidents[minute]?.()
    await server.overview.report()
  }
  await server.audit.settled()
}

interface Member {
  readonly name: string
  readonly device: Device
}

type Own = Readonly<Record<'laptop' | 'phone' | 'tablet', Device>>

/** The devices of the one whose list is shown, up to the last hour. */
async function daysBefore({ url, advance }: TestServer, owner: string): Promise<Own> {
  const laptop = new Device(url, BROWSERS['Firefox on Linux'](145), OFFICE)
  const phone = new Device(url, BROWSERS['Safari on iPhone'](18), '2001:db8:85a3:8d3::41')
  const tablet = new Device(url, BROWSERS['Safari on iPad'](18), '203.0.113.77')
  const script = new Device(url, PROGRAMS.curl, OFFICE)
  await laptop.logIn(owner)
  advance(DAY)
  await phone.logIn(owner)
  advance(2 * DAY)
  await tablet.logIn(owner)
  advance(STORY - 3 * DAY - 5 * HOUR)
  await script.logIn(owner)
  advance(HOUR)
  await script.send('logout', { method: 'POST' })
  await tablet.send('me')
  advance(4 * HOUR - 59 * MINUTE - 30_000)
  return { laptop, phone, tablet }
}

function devicesOf({ url }: TestServer, name: string, index: number): Member[] {
  const desk = new Device(url, BROWSERS['Firefox on Windows'](143 + (index % 3)), `198.51.100.${30 + index}`)
  const phone = new Device(url, BROWSERS['Chrome on Android'](143), `203.0.113.${90 + index}`)
  return index % 3 === 0 ? [{ name, device: desk }] : [desk, phone].map((device) => ({ name, device }))
}

/** Another one arrives every third minute; those who are there come and go. */
async function crowdActs(crowd: readonly Member[], minute: number): Promise<void> {
  const here = EARLY + Math.floor(minute / 4)
  const arriving = crowd[here]
  if (minute % 4 === 0 && arriving !== undefined) await arriving.device.logIn(arriving.name)
  const share = 0.3 + 0.25 * Math.sin(minute / 7)
  const busy = crowd.slice(0, here).filter((_, index) => ((index * 7 + minute * 5) % 19) / 19 < share)
  await Promise.all(busy.map(({ device }) => device.send('me')))
}

/** What is worth an entry in the trail, by the minute. */
async function incidentsOf(
  { url, users }: TestServer,
  crowd: readonly Member[],
  { laptop, phone }: Own,
): Promise<Readonly<Record<number, () => Promise<void>>>> {
  const chiara = crowd.find(({ name }) => name === 'chiara.rossi')?.device.token ?? ''
  const thief = new Device(url, BROWSERS['Firefox on Windows'](145), '192.0.2.199')
  thief.token = chiara
  const guesser = new Device(url, BROWSERS['Chrome on Linux'](143), '192.0.2.13')
  const elsewhere = new Device(url, PROGRAMS.curl, '192.0.2.61')
  elsewhere.token = crowd[9]?.device.token ?? ''
  return {
    12: () => repeat(4, () => guesser.logIn('root', 'hunter22')),
    20: () => repeat(1, () => phone.send('me')),
    31: () => repeat(5, () => elsewhere.send('me')),
    44: () => repeat(3, () => thief.send('me')),
    50: async () => {
      const id = (await users.findByName('sven.larsen'))?.id
      if (id !== undefined) await users.update(id, { disabled: true })
    },
    52: () => repeat(2, () => thief.send('me')),
    56: () => repeat(1, () => laptop.send('me')),
  }
}

async function repeat(times: number, act: () => Promise<unknown>): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) await act()
}
