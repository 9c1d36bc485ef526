/**
 * The Postgres of a test run, in a process of its own that is tied to the run by its standard input: when that closes,
 * because the run is over or was killed, the server is stopped and its folder removed.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbeddedPostgres } from '../src/db/embedded/index.ts'

const dataFolder = mkdtempSync(path.join(tmpdir(), 'interchange-test-'))
try {
  const closed = new Promise((done) => process.stdin.resume().once('close', done))
  chmodSync(dataFolder, 0o711) // run as root, Postgres is another user
  const { connectionString, stop } = await startEmbeddedPostgres({ dataFolder, durable: false, log: { info: () => {} } })
  process.stdout.on('error', () => {}) // the run may be over already
  process.stdout.write(`${connectionString}\n`)
  await closed
  await stop()
} finally {
  rmSync(dataFolder, { recursive: true, force: true })
}
