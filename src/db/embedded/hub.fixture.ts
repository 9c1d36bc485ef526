/** A process that uses the embedded Postgres as a hub does, for the tests: it prints where it is, and leaves when its stdin ends. */
import { startEmbeddedPostgres } from './index.ts'

const [dataFolder = ''] = process.argv.slice(2)
const postgres = await startEmbeddedPostgres({ dataFolder, durable: false, log: { info: () => {} } })
process.stdout.write(`${postgres.connectionString}\n`)
process.stdin.resume()
process.stdin.once('end', () => void postgres.stop())
