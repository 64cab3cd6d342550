/** User agents as browsers and programs really send them. */

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'
const LINUX = 'Mozilla/5.0 (X11; Linux x86_64)'
const ANDROID = 'Mozilla/5.0 (Linux; Android 10; K)'
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)'
const IPAD = 'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X)'
const KHTML = '(KHTML, like Gecko)'

/** The browsers by name, each in the version that a test asks for. */
export const BROWSERS = {
  'Chrome on Windows': (version) =>
    `${WINDOWS} AppleWebKit/537.36 ${KHTML} Chrome/${version}.0.0.0 Safari/537.36`,
  'Chrome on macOS': (version) => `${MAC} AppleWebKit/537.36 ${KHTML} Chrome/${version}.0.0.0 Safari/537.36`,
  'Chrome on Linux': (version) =>
    `${LINUX} AppleWebKit/537.36 ${KHTML} Chrome/${version}.0.0.0 Safari/537.36`,
  'Chrome on Android': (version) =>
    `${ANDROID} AppleWebKit/537.36 ${KHTML} Chrome/${version}.0.0.0 Mobile Safari/537.36`,
  'Chrome on an Android tablet': (version) =>
    `${ANDROID} AppleWebKit/537.36 ${KHTML} Chrome/${version}.0.0.0 Safari/537.36`,
  'Chrome on iPhone': (version) =>
    `${IPHONE} AppleWebKit/605.1.15 ${KHTML} CriOS/${version}.0.7204.119 Mobile/15E148 Safari/604.1`,
  'Firefox on Windows': (version) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`,
  'Firefox on Linux': (version) =>
    `Mozilla/5.0 (X11; Linux x86_64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`,
  'Firefox on macOS': (version) =>
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`,
  'Firefox on Android': (version) =>
    `Mozilla/5.0 (Android 15; Mobile; rv:${version}.0) Gecko/${version}.0 Firefox/${version}.0`,
  'Firefox on iPhone': (version) =>
    `${IPHONE} AppleWebKit/605.1.15 ${KHTML} FxiOS/${version}.0 Mobile/15E148 Safari/605.1.15`,
  'Safari on macOS': (version) => `${MAC} AppleWebKit/605.1.15 ${KHTML} Version/${version}.5 Safari/605.1.15`,
  'Safari on iPhone': (version) =>
    `${IPHONE} AppleWebKit/605.1.15 ${KHTML} Version/${version}.5 Mobile/15E148 Safari/604.1`,
  'Safari on iPad': (version) =>
    `${IPAD} AppleWebKit/605.1.15 ${KHTML} Version/${version}.5 Mobile/15E148 Safari/604.1`,
  'Edge on Windows': (version) =>
    `${WINDOWS} AppleWebKit/537.36 ${KHTML} Chrome/${version}.0.0.0 Safari/537.36 Edg/${version}.0.0.0`,
  'Edge on macOS': (version) =>
    `${MAC} AppleWebKit/537.36 ${KHTML} Chrome/${version}.0.0.0 Safari/537.36 Edg/${version}.0.0.0`,
  'Edge on Android': (version) =>
    `${ANDROID} AppleWebKit/537.36 ${KHTML} Chrome/${version}.0.0.0 Mobile Safari/537.36 EdgA/${version}.0.0.0`,
} as const satisfies Record<string, (version: number) => string>

/** Programs whose user agent says nothing that a parser knows. */
export const PROGRAMS = {
  curl: 'curl/8.14.1',
  okhttp: 'okhttp/4.12.0',
  dart: 'Dart/3.8 (dart:io)',
  python: 'python-requests/2.32.4',
  app: 'AcmeMail/7.1.0 (build 7100)',
} as const

export const CHROME = BROWSERS['Chrome on Linux'](140)
export const CHROME_NEWER = BROWSERS['Chrome on Linux'](141)
export const FIREFOX = BROWSERS['Firefox on Linux'](140)
