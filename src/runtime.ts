/** The oldest Node that better-sqlite3's binaries load in; older ones crash. */
const NEEDED = [22, 14] as const

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  throw new Error(`sliding-jwt needs Node ${NEEDED.join('.')} or newer, this is ${process.versions.node}`)
}
