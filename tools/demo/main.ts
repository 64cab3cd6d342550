import { randomBytes } from 'node:crypto'
import { Device } from './device.ts'
import { startServer } from './server.ts'
import { paint, print, Stage } from './stage.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

const [adminPassword, annasPassword] = [randomBytes(9).toString('base64'), randomBytes(9).toString('base64')]

print(paint('bold', 'sliding-jwt: one token, renewed after it expired, revoked at once'))
const server = await startServer({
  TOKEN_TTL: '2s',
  GRACE: '1s',
  LOG_LEVEL: 'error',
  ADMIN_USERNAME: 'admin',
  ADMIN_PASSWORD: adminPassword,
})
print(`A real server at ${server.url}. A token lives for 2 s; after a renewal the old one is good for 1 s.`)

const stage = new Stage(server.databasePath)
try {
  await tell()
} finally {
  await server.stop()
}
print(
  stage.allWentAsTold
    ? paint(['bold', 'green'], '\nEverything went as told.')
    : paint(['bold', 'red'], '\nSomething did not go as told.'),
)
process.exitCode = stage.allWentAsTold ? 0 : 1

async function tell(): Promise<void> {
  const admin = new Device(server.url, FIREFOX)
  const desk = new Device(server.url, FIREFOX)
  const phone = new Device(server.url, IPHONE)

  stage.title('An admin makes a user; Anna logs in on two devices')
  stage.reply('admin  POST /login', await admin.login('admin', adminPassword), '200 + X-JWT')
  const made = await admin.send('POST', '/admin/users', { username: 'anna', password: annasPassword })
  stage.reply('admin  POST /admin/users', made, '201')
  const anna = made.body.user?.id ?? ''
  stage.reply('desk   POST /login', await desk.login('anna', annasPassword), '200 + X-JWT')
  stage.reply('phone  POST /login', await phone.login('anna', annasPassword), '200 + X-JWT')
  stage.reply('desk   GET /me, the token is fresh', await desk.send('GET', '/me'), '200')
  await stage.rows(anna)

  await stage.wait(2.1, 'both tokens have expired')
  const stolen = desk.copy(FIREFOX)

  stage.title('It expired: the same request still gets its answer, and a new token')
  stage.reply('desk   GET /me, the token has expired', await desk.send('GET', '/me'), '200 + X-JWT')
  stage.reply('desk   GET /me, with the new token', await desk.send('GET', '/me'), '200')
  await stage.rows(anna)

  stage.title('Ten parallel requests with one expired token: all pass, one renewal')
  const replies = await Promise.all(Array.from({ length: 10 }, () => phone.send('GET', '/me')))
  stage.check(
    `${replies.filter(({ status }) => status === 200).length} of 10 got their answer`,
    replies.every(({ status }) => status === 200),
  )
  const renewals = replies.filter(({ isRenewed }) => isRenewed).length
  stage.check(`${renewals} of them carried X-JWT`, renewals === 1)
  stage.reply('phone  GET /me, with the new token', await phone.send('GET', '/me'), '200')
  await stage.rows(anna)

  await stage.wait(1.1, 'grace is over; somebody uses a copy of the desk’s old token')

  stage.title('A stolen copy, used after its successor was seen, ends the session')
  stage.reply('thief  GET /me, with the stolen copy', await stolen.send('GET', '/me'), '401 token_reused')
  stage.reply('desk   GET /me', await desk.send('GET', '/me'), '401 session_revoked')
  stage.reply('phone  GET /me, another session', await phone.send('GET', '/me'), '200')
  await stage.rows(anna)

  await stage.wait(1.1, 'the phone’s token has expired')

  stage.title('A wrong browser is refused, and the owner is not logged out by it')
  const elsewhere = phone.copy('curl/8.14.1')
  stage.reply('thief  GET /me, from curl', await elsewhere.send('GET', '/me'), '401 fingerprint_mismatch')
  stage.reply('phone  GET /me', await phone.send('GET', '/me'), '200 + X-JWT')
  stage.reply('desk   POST /login, Anna logs in again', await relogin(desk), '200 + X-JWT')
  await stage.rows(anna)

  stage.title('The admin revokes all devices: both are out at once, fresh tokens or not')
  const revoked = await admin.send('DELETE', `/admin/users/${anna}/sessions`)
  stage.reply('admin  DELETE /admin/users/:id/sessions', revoked, '200 + X-JWT')
  stage.check(`${revoked.body.revoked} sessions revoked`, revoked.body.revoked === 2)
  stage.reply('desk   GET /me', await desk.send('GET', '/me'), '401 session_revoked')
  stage.reply('phone  GET /me', await phone.send('GET', '/me'), '401 session_revoked')
  await stage.rows(anna)
}

function relogin(device: Device) {
  device.token = ''
  return device.login('anna', annasPassword)
}
