/** Which room may import which (see the map in CONTRIBUTING or the README). Everything not allowed is an error. */
const rooms = {
  protocol: [],
  recent: [],
  runtime: [],
  tokens: ['recent', 'protocol'],
  'stores/store': ['protocol'],
  stores: ['recent', 'protocol'],
  events: ['protocol'],
  'guarded-store': ['stores/store', 'protocol'],
  logins: ['events', 'tokens', 'stores/store', 'protocol'],
  outcome: ['protocol'],
  renewals: ['outcome', 'events', 'tokens', 'stores/store', 'protocol'],
  sessions: [
    'renewals',
    'outcome',
    'logins',
    'guarded-store',
    'events',
    'tokens',
    'stores/store',
    'protocol',
  ],
  channel: ['protocol'],
  express: ['outcome', 'sessions', 'logins', 'events', 'channel', 'protocol'],
  resource: ['outcome', 'runtime', 'recent', 'express', 'sessions', 'channel', 'tokens', 'protocol'],
  'sliding-session': ['express', 'sessions', 'stores/open', 'channel', 'tokens', 'protocol'],
  index: [
    'runtime',
    'sliding-session',
    'express',
    'outcome',
    'sessions',
    'logins',
    'events',
    'stores',
    'channel',
    'tokens',
    'protocol',
  ],
  server: ['index', 'stores'],
  cli: ['server', 'index', 'stores', 'runtime'],
  client: [],
  console: ['client'],
}
const path = (room) => `^src/${room}(\\.ts$|/)`

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      // The console is bundled, with what it is made of; peers are loaded where they are installed.
      name: 'no-dev-dependency',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/console/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src',
        pathNot: '^src/cli/main\\.ts$|^src/index\\.ts$|^src/resource/index\\.ts$|^src/console/main\\.tsx$',
      },
      to: {},
    },
    {
      name: 'protocol-imports-nothing',
      severity: 'error',
      from: { path: '^src/protocol/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'client-imports-nothing',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { pathNot: '^src/client/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-place-knows-jsonwebtoken',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/tokens/' },
      to: { path: 'node_modules/(@types/)?jsonwebtoken' },
    },
    {
      name: 'only-stores-know-databases',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/stores/' },
      to: { path: 'node_modules/(better-sqlite3|drizzle-orm|pg)/' },
    },
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `direction-${room.replace('/', '-')}`,
      severity: 'error',
      from: { path: path(room) },
      to: { path: '^src/', pathNot: [path(room), ...allowed.map(path)] },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
