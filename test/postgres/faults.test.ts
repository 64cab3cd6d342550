import { describe, expect, it, vi } from 'vitest'
import { type Device, payloadOf } from '../faults/device.ts'
import { hasPostgres } from '../support/postgres.ts'
import { type Look, loggedIn, look, type Node, postgresCluster, watch } from './cluster.ts'

/** How long after a revocation a server may still not know of it, where nothing tells it so. */
const BOUND_MS = 1_500

const PASSED = { kind: 'answer', status: 204 }
const REVOKED = { kind: 'answer', status: 401, code: 'session_revoked' }
const UNAVAILABLE = { kind: 'answer', status: 503, code: 'unavailable' }

const soon = { timeout: 30_000, interval: 20 }

const isPass = ({ reply }: Look) => reply.kind === 'answer' && reply.status === 204
const isUnavailable = ({ reply }: Look) => reply.kind === 'answer' && reply.status === 503

/** Answers with when it was done. */
async function revoke(node: Node, by: Device, { token }: Device): Promise<number> {
  const reply = await by.send(node.server.url, 'DELETE', `/me/sessions/${payloadOf(token ?? '').jti}`)
  expect(reply).toMatchObject({ status: 204 })
  return performance.now()
}

/** Devices of one user, known to all servers. */
async function devicesOn(nodes: readonly Node[]): Promise<[Device, Device]> {
  const [first] = nodes
  if (first === undefined) return expect.fail('there are no servers')
  const devices: [Device, Device] = [await loggedIn(first), await loggedIn(first)]
  for (const node of nodes) {
    for (const device of devices) expect(await look(node, device)).toMatchObject({ reply: PASSED })
  }
  return devices
}

async function recovers(node: Node, owner: Device, lost: Device): Promise<void> {
  await vi.waitFor(async () => expect(await look(node, owner)).toMatchObject({ reply: PASSED }), soon)
  expect(await look(node, lost)).toMatchObject({ reply: REVOKED })
  const again = await loggedIn(node)
  expect(await look(node, again)).toMatchObject({ reply: PASSED })
}

describe.skipIf(!hasPostgres)('3 servers on one PostgreSQL, with lines that break', () => {
  it('never let pass what they cannot check, and recover by themselves', { timeout: 120_000 }, async () => {
    const { postgres, nodes } = await postgresCluster()
    const [one, two, three] = nodes

    // All is well: what one revokes, the others refuse soon.
    {
      const [owner, lost] = await devicesOn(nodes)
      await revoke(one, owner, lost)
      for (const node of [two, three]) {
        await vi.waitFor(async () => expect(await look(node, lost)).toMatchObject({ reply: REVOKED }), soon)
      }
    }

    // The line of the third is cut, which it notices.
    {
      const [owner, lost] = await devicesOn(nodes)
      three.line.cut()
      await vi.waitFor(
        async () => expect(await look(three, owner)).toMatchObject({ reply: UNAVAILABLE }),
        soon,
      )
      await revoke(one, owner, lost)
      const watching = watch(three, lost)
      expect(await look(three, owner)).toMatchObject({ reply: UNAVAILABLE, retryAfter: '1' })
      expect(await look(two, owner)).toMatchObject({ reply: PASSED })
      three.line.heal()
      await recovers(three, owner, lost)
      expect((await watching.stop()).filter(isPass)).toEqual([])
    }

    // The line of the third is half open, of which nobody tells it.
    {
      const [owner, lost] = await devicesOn(nodes)
      const watching = watch(three, lost)
      three.line.freeze()
      const revokedAt = await revoke(one, owner, lost)
      await vi.waitFor(
        async () => expect(await look(three, owner)).toMatchObject({ reply: UNAVAILABLE }),
        soon,
      )
      three.line.heal()
      await recovers(three, owner, lost)
      const looks = await watching.stop()
      expect(looks.filter(isPass).filter(({ at }) => at > revokedAt + BOUND_MS)).toEqual([])
      expect(looks.filter(isUnavailable).every(({ retryAfter }) => retryAfter === '1')).toBe(true)
    }

    // The line of the third is slow.
    {
      const [owner, lost] = await devicesOn(nodes)
      three.line.delay(200)
      const revokedAt = await revoke(one, owner, lost)
      const watching = watch(three, lost)
      await vi.waitFor(async () => expect(await look(three, lost)).toMatchObject({ reply: REVOKED }), soon)
      three.line.heal()
      await recovers(three, owner, lost)
      const passes = (await watching.stop()).filter(isPass)
      expect(passes.filter(({ at }) => at > revokedAt + BOUND_MS)).toEqual([])
    }

    // The database is restarted, below all of them.
    {
      const [owner, lost] = await devicesOn(nodes)
      await revoke(one, owner, lost)
      const watching = nodes.map((node) => [watch(node, lost), watch(node, owner)] as const)
      await postgres.restart()
      for (const node of nodes) await recovers(node, owner, lost)
      for (const [ofLost, ofOwner] of watching) {
        const looks = await ofLost.stop()
        const known = looks.findIndex(({ reply }) => reply.kind === 'answer' && reply.status === 401)
        expect(looks.slice(known).filter(isPass)).toEqual([])
        const answers = (await ofOwner.stop()).map(({ reply }) =>
          reply.kind === 'answer' ? reply.status : 0,
        )
        expect(answers.filter((status) => status !== 204 && status !== 503)).toEqual([])
      }
    }
  })
})
