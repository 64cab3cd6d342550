import { deflateSync, gzipSync } from 'node:zlib'
import fc, { type Arbitrary } from 'fast-check'
import { piece } from './targets.ts'

const members = [
  'username',
  'password',
  'currentPassword',
  'newPassword',
  'role',
  'disabled',
  '__proto__',
  'constructor',
]
const member = fc.oneof(
  fc.constantFrom(
    'admin',
    'user',
    'a name',
    'a password that could be',
    true,
    false,
    null,
    0,
    -0,
    1e308,
    'short',
    '',
    [],
    {},
  ),
  piece,
  fc.jsonValue({ maxDepth: 2 }),
)
const json = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .dictionary(fc.constantFrom(...members), member, { maxKeys: 4 })
      .map((value) => JSON.stringify(value)),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.tuple(fc.constantFrom(...members), member), { maxLength: 5 })
      .map(
        (pairs) =>
          `{${pairs.map(([name, of]) => `${JSON.stringify(name)}:${JSON.stringify(of)}`).join(',')}}`,
      ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '{',
      '[]',
      '"',
      'null',
      '{"a":1e999}',
      `${'['.repeat(7_000)}${']'.repeat(7_000)}`,
      `{"username":"${'a'.repeat(17_000)}"}`,
      '\ufeff{}',
      '{"username":"\\ud800","password":"\\udc00"}',
    ),
  },
)
/** A body: nearly right JSON, other JSON, and what is none. */
export const body: Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: json.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: json.map((text) => Buffer.from(text, 'utf16le')) },
  { weight: 1, arbitrary: json.map((text) => gzipSync(text)) },
  { weight: 1, arbitrary: json.map((text) => deflateSync(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
)
