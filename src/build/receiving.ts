/** Webhook sources: what takes in what others post to us. */
import type { Logger } from 'pino'
import type { Services } from '../api/services.ts'
import type { Config } from '../config.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Inbox } from '../events/event.ts'
import type { Jq } from '../lib/jq/jq.ts'
import { createLoadedSources, type LoadedSources } from '../webhooks/inbound/loaded.ts'
import { createSourceFigures } from '../webhooks/inbound/figures.ts'
import { createHooks, type HooksDeps, type SchemaValidator } from '../webhooks/inbound/receive.ts'
import { createHookRequests } from '../webhooks/inbound/requests.ts'
import { createWebhookSources } from '../webhooks/inbound/sources.ts'
import type { Storage } from './storage.ts'

export interface Receiving {
  loadedSources: LoadedSources
  services: Pick<Services, 'webhookSources' | 'hooks' | 'hookRequests' | 'sourceFigures' | 'publicUrl'>
  close(): Promise<void>
}

export interface ReceivingDeps {
  config: Config
  storage: Storage
  logger: Logger
  jq: Jq
  credentials: Credentials
  inbox: Inbox
  schemas: SchemaValidator
  answerFor: HooksDeps['answerFor']
  publicUrl(): string
}

export function createReceiving({ config, storage: { database }, logger, jq, credentials: { own }, inbox, schemas, answerFor, publicUrl }: ReceivingDeps): Receiving {
  const sources = createLoadedSources({ database, own })
  const figures = createSourceFigures({ database })
  const requests = createHookRequests({ database, onError: (error) => { logger.warn({ err: error }, 'requests of webhook sources could not be kept') } })
  return {
    loadedSources: sources,
    services: {
      publicUrl, hookRequests: requests, sourceFigures: figures, webhookSources: createWebhookSources({ database, own, loaded: sources, jq }),
      hooks: createHooks({ sources, requests, figures, inbox, schemas, jq, answerFor, publicUrl, maxBodyBytes: config.maxBodyBytes }),
    },
    async close() {
      await requests.drain()
      await figures.flush().catch((error: unknown) => { logger.warn({ err: error }, 'the last figures of webhook sources could not be written') })
    },
  }
}
