/** Starts a whole hub, says which packages of OpenTelemetry were loaded, and ends. Its settings come from the environment. */
import { createRequire } from 'node:module'
import { startHub } from '../build.ts'
import { readConfig } from '../config.ts'
import { createLogger } from '../logger.ts'

const config = readConfig(process.env)
const hub = await startHub({ config, logger: createLogger(config.logLevel), role: 'serve' })
const modules = Object.keys(createRequire(import.meta.url).cache)
const packages = new Set(modules.flatMap((path) => /@opentelemetry\/[^/]+/.exec(path)?.[0] ?? []))
await hub.close()
process.stdout.write(`${JSON.stringify({ packages: [...packages].sort(), modules: modules.length })}\n`)
