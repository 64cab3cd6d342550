import Database from 'better-sqlite3'

/** A process that keeps a file locked for a write, for as many milliseconds as its second argument says. */
const [path, milliseconds] = process.argv.slice(2)
const sqlite = new Database(path)
sqlite.exec('BEGIN IMMEDIATE; CREATE TABLE notes (text)')
process.stdout.write('ready\n')
setTimeout(() => {
  sqlite.exec('COMMIT')
  sqlite.close()
}, Number(milliseconds))
