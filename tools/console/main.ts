import { buildConsole } from './build.ts'

/** `npm start` in a checkout: the server runs from its sources, and only the console has to be built. */
if (!(await buildConsole())) {
  console.error('The console is not built, as vite is not installed: the server runs without it.')
}
