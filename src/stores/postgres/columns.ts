import type { RevocationReason, SessionRecord, Timestamp } from '../../protocol/types.ts'
import type { Renewal } from '../store.ts'
import { toText } from './text.ts'

/** What is written of one session; `uuid` is its key. */
export type Keyed<Item> = Item & { readonly uuid: string }
export type FirstUse = Keyed<{ readonly gen: number }>
export type OneRevocation = Keyed<{ readonly reason: RevocationReason; readonly at: Timestamp }>

/** A list for each column, in the order in which `STATEMENTS` takes them. */
type Columns = readonly unknown[][]
type NumberOf = (userAgent: string) => number

export const keyOf = ({ uuid }: Keyed<object>): string => uuid

export function creationColumns(records: readonly Keyed<SessionRecord>[], numberOf: NumberOf): Columns {
  return [
    records.map(keyOf),
    records.map(({ userId }) => toText(userId)),
    records.map(({ ip }) => ip),
    records.map(({ userAgent }) => numberOf(userAgent)),
    records.map(({ createdAt }) => createdAt),
    records.map(({ updatedAt }) => updatedAt),
    records.map(({ lastIp }) => lastIp),
    records.map(({ lastUserAgent }) => numberOf(lastUserAgent)),
    records.map(({ issued }) => issued),
    records.map(({ seen }) => seen),
    records.map(({ floor }) => floor),
    records.map(({ parent }) => parent),
  ]
}

export function renewalColumns(renewals: readonly Keyed<Renewal>[], numberOf: NumberOf): Columns {
  return [
    renewals.map(keyOf),
    renewals.map(({ expected }) => expected.issued),
    renewals.map(({ expected }) => expected.seen),
    renewals.map(({ lineage }) => lineage.issued),
    renewals.map(({ lineage }) => lineage.seen),
    renewals.map(({ lineage }) => lineage.floor),
    renewals.map(({ lineage }) => lineage.parent),
    renewals.map(({ at }) => at),
    renewals.map(({ client }) => client.ip),
    renewals.map(({ client }) => numberOf(client.userAgent)),
  ]
}

export function firstUseColumns(uses: readonly FirstUse[]): Columns {
  return [uses.map(keyOf), uses.map(({ gen }) => gen)]
}

export function revocationColumns(revocations: readonly OneRevocation[]): Columns {
  return [revocations.map(keyOf), revocations.map(({ at }) => at), revocations.map(({ reason }) => reason)]
}
