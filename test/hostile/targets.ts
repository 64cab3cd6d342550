import fc from 'fast-check'

const text = fc.string({ unit: 'binary', maxLength: 40 })
export const visible = fc.stringMatching(/^[!-~]{0,60}$/)
const awkward = fc.constantFrom(
  '',
  '.',
  '..',
  '%',
  '%zz',
  '%00',
  '%0d%0aX-Injected:%201',
  '%2e%2e%2f',
  '..%5c',
  '%c0%ae',
  '%ff',
  '%ed%a0%80',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  '-1',
  '0',
  '1e308',
  '9'.repeat(400),
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  '%25',
  '*',
  '😀',
  '\u202e',
  'A'.repeat(3_000),
  '[]',
  '{}',
  '$where',
  'current',
  'AQIDBAUGBwgJCgsMDQ4PEA',
  'eyJhbGciOiJub25lIn0.e30.',
  ';',
  '#',
  '?',
  '&',
  '=',
  '+',
  '\\',
)
/** A piece of anything that a client chooses. */
export const piece = fc.oneof({ weight: 2, arbitrary: awkward }, text, visible)
const encoded = fc.oneof(piece, piece.map(encodeSafely), piece.map(encodeSafely))

const parameter = fc.tuple(
  fc.oneof(
    fc.constantFrom(
      'search',
      'limit',
      'cursor',
      'user',
      'type',
      'except',
      'limit[]',
      'search[a][b]',
      '__proto__',
    ),
    encoded,
  ),
  encoded,
)
/** What comes behind the path. */
export const query = fc
  .array(parameter, { maxLength: 4 })
  .map((pairs) =>
    pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`,
  )

const PLACES = [
  '/me',
  '/me/sessions',
  '/me/password',
  '/verify',
  '/login',
  '/logout',
  '/admin/users',
  '/admin/events',
  '/admin/overview',
  '/healthz',
  '/readyz',
  '/console/',
  '/console/assets/',
  '/.well-known/jwks.json',
  '/renew',
  '/metrics',
]
const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PLACES) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...PLACES), encoded)
      .map(([place, rest]) => `${place.replace(/\/$/, '')}/${rest}`),
  },
  { weight: 3, arbitrary: encoded.map((id) => `/admin/users/${id}/sessions`) },
  { weight: 1, arbitrary: encoded.map((rest) => `/${rest}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '*',
      '//',
      '/./me',
      '/../me',
      '//me',
      '/ME',
      '/me/',
      'http://x/me',
      '/me%2fsessions',
      '/%6de',
    ),
  },
)
/** A path and a query. What cannot stand in a request line is left to damage: these reach the app. */
export const target = fc
  .tuple(path, query)
  .map(([place, rest]) => `${place}${rest}`.replace(/[^!-~]/gu, encodeSafely))

function encodeSafely(part: string): string {
  return encodeURIComponent(part.toWellFormed())
}
