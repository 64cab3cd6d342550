import fc, { type Arbitrary } from 'fast-check'

/** A place of a request, from 0 to 1, where bytes are left out and others put in. */
export interface Damage {
  readonly place: number
  readonly removed: number
  readonly inserted: string
}

/** What breaks the lines and the framing of a request. */
export const damages: Arbitrary<readonly Damage[]> = fc.array(
  fc.record({
    // Without a bias to the ends, where it would hit the method alone.
    place: fc.noBias(fc.nat(9_999)).map((at) => at / 10_000),
    removed: fc.oneof(fc.nat(3), fc.nat(80)),
    inserted: fc.oneof(
      fc.constantFrom(
        '',
        '\0',
        '\r',
        '\n',
        '\r\n',
        '\r\n\r\n',
        '\r\n ',
        ' ',
        '\t',
        ':',
        '\x7f',
        '\xff\xfe',
        'HTTP/0.9',
        'HTTP/1.0',
        '\r\nHost: y',
        '\r\nHost: y\r\nHost: z',
        '\r\nAuthorization: Bearer a.b.c',
        '\r\nauthorization: Basic YTpi',
        '\r\nContent-Length: 5',
        '\r\nContent-Length: -1',
        '\r\nTransfer-Encoding: chunked',
        '\r\nTransfer-Encoding: gzip, chunked',
        '\r\nConnection: keep-alive, upgrade',
        '\r\nUpgrade: websocket',
        '\r\nExpect: 100-continue',
        `\r\n${'X: y\r\n'.repeat(300)}`,
        'x'.repeat(20_000),
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 20 }),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    ),
  }),
  { minLength: 1, maxLength: 2 },
)

/** The bytes of a request with its damages. */
export function damaged(bytes: Uint8Array, places: readonly Damage[]): Uint8Array {
  let text = Buffer.from(bytes).toString('latin1')
  for (const { place, removed, inserted } of places) {
    const at = Math.floor(place * text.length)
    text = text.slice(0, at) + inserted + text.slice(at + removed)
  }
  return Buffer.from(text, 'latin1')
}
