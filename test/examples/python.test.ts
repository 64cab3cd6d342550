import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { blocksOf } from '../docs/blocks.ts'
import { isInstalled, run } from './run.ts'
import { standAlone } from './stand-alone.ts'

describe.skipIf(!isInstalled('python3'))('examples/python', () => {
  const server = standAlone()

  async function python(script: string, env: Readonly<Record<string, string>> = {}): Promise<unknown[]> {
    const { url: SERVER, username: NAME, password: PASSWORD } = server
    const start =
      'import json, os, time\nfrom sliding_jwt import Client, claims_of, is_newer\nE = os.environ\n'
    const printed = await run('python', 'python3', ['-c', start + script], { SERVER, NAME, PASSWORD, ...env })
    return printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  it('works across expiries, and logs out', async () => {
    const lines = await python(`
client = Client(E["SERVER"])
print(client.request("GET", "/me").status)
print(client.login(E["NAME"], "wrong").status, end="\\n")
print(client.login(E["NAME"], E["PASSWORD"]).status)
for _ in range(2):
    time.sleep(1.1)
    print(json.dumps(client.request("GET", "/me").json["user"]["username"]))
    print(claims_of(client.token)["gen"])
old = client.token
print(client.logout().status, json.dumps(client.token), sep="\\n")
client.token = old
print(json.dumps(client.request("GET", "/me").json["code"]))
`)
    expect(lines).toEqual([401, 401, 200, 'admin', 1, 'admin', 2, 204, null, 'session_revoked'])
  })

  it('goes as its README shows', async () => {
    const [block] = blocksOf('examples/python/README.md')
    expect(block?.language).toBe('python')
    // Typed by nobody here.
    const script = (block?.code ?? '')
      .replace('from getpass import getpass', 'input = lambda _: E["NAME"]\ngetpass = lambda: E["PASSWORD"]')
      .replace('"http://127.0.0.1:3000"', 'E["SERVER"]')
      .replace('print(', 'print(json.dumps(')
      .replace('.json)', '.json))')
    expect(await python(script)).toMatchObject([{ user: { username: server.username } }])
  })

  it('serves several threads', async () => {
    const lines = await python(`
from concurrent.futures import ThreadPoolExecutor
client = Client(E["SERVER"])
client.login(E["NAME"], E["PASSWORD"])
for _ in range(2):
    time.sleep(1.1)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.request("GET", "me").status, range(20)))
    print(json.dumps(answers))
print(claims_of(client.token)["gen"])
`)
    expect(lines).toEqual([Array(20).fill(200), Array(20).fill(200), 2])
  })

  it('never overwrites a newer token, nor that of another login', async () => {
    const lines = await python(`
import base64
def token(jti, gen):
    return "h." + base64.urlsafe_b64encode(json.dumps({"jti": jti, "gen": gen}).encode()).decode().rstrip("=") + ".s"
client = Client(E["SERVER"])
def keep(new, sent, kept):
    client.token = kept
    client._keep(new, sent)
    print(json.dumps(client.token == new))
one, two, three, other = token("a", 1), token("a", 2), token("a", 3), token("b", 0)
keep(two, one, one)
keep(three, one, two)
keep(two, one, three)
keep(two, one, other)
keep(two, one, None)
keep(other, None, None)
`)
    expect(lines).toEqual([true, true, false, false, false, true])
  })

  it('takes the token nowhere else, also not by a redirect', async () => {
    const seen: (string | undefined)[] = []
    const redirecting = createServer((req, res) => {
      seen.push(req.headers.authorization)
      res.writeHead(302, { Location: '/elsewhere' }).end()
    }).listen(0, '127.0.0.1')
    await once(redirecting, 'listening')
    try {
      const REDIRECTING = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}`
      const script =
        'client = Client(E["REDIRECTING"])\nclient.token = "x"\nprint(client.request("GET", "/").status)'
      expect(await python(script, { REDIRECTING })).toEqual([302])
      expect(seen).toEqual(['Bearer x'])
    } finally {
      redirecting.close()
    }
  })
})
