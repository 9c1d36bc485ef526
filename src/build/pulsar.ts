/** Bridges to Apache Pulsar: what callers see of them, and what runs them. */
import type { Logger } from 'pino'
import type { Services } from '../api/services.ts'
import type { OwnSecrets } from '../credentials/own.ts'
import type { Inbox } from '../events/event.ts'
import type { Followers } from '../events/followers.ts'
import type { Publishing } from '../events/publishing.ts'
import { createBridges } from '../events/pulsar/bridges.ts'
import { linkTimings } from '../events/pulsar/link/link.ts'
import { startRunner, type Runner } from '../events/pulsar/runner.ts'
import type { Jq } from '../lib/jq/jq.ts'
import type { Storage } from './storage.ts'

export interface PulsarDeps {
  storage: Pick<Storage, 'database' | 'guard'>
  logger: Logger
  jq: Jq
  secrets: OwnSecrets
  inbox: Inbox
  publishing: Pick<Publishing, 'check'>
  followers: Followers
}

export interface Pulsar {
  services: Pick<Services, 'pulsarBridges'>
  start(): void
  /** Bridges changed, in whatever process. */
  refresh(): void
  close(): Promise<void>
}

export function createPulsar({ storage: { database, guard }, logger, jq, secrets, inbox, publishing, followers }: PulsarDeps): Pulsar {
  let runner: Runner | undefined
  const refresh = (): void => { runner?.refresh() }
  return {
    services: { pulsarBridges: createBridges({ database, secrets, jq, followers, changed: refresh }) },
    start() {
      runner = startRunner({
        database, inbox, jq, guard, secrets, followers, timings: linkTimings,
        check: (tenantId, event) => publishing.check(tenantId, event),
        onError: (message, error) => { logger.warn({ err: error }, message) },
      })
    },
    refresh,
    async close() { await runner?.stop() },
  }
}
