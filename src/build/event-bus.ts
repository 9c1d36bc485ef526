/** Events for their readers: search, types, the bus, streams, and what the hub does and tells by events. */
import type { Logger } from 'pino'
import type { Services } from '../api/services.ts'
import { builtInConnectors } from '../connectors/index.ts'
import { createBus } from '../events/bus.ts'
import { createChanges } from '../events/changes.ts'
import { createEvents } from '../events/events.ts'
import { createExecuteCommand } from '../events/execute-command.ts'
import { createFeed, type Feed } from '../events/feed.ts'
import { createFollowers, type Followers } from '../events/followers.ts'
import type { HubEvents } from '../events/hub-events.ts'
import { createHubNotices, type HubNotices } from '../events/hub-notices.ts'
import type { Inbox } from '../events/event.ts'
import { createDiscoveredCommand, registerModule, type Announcement } from '../events/modules.ts'
import { createPublishing, type Publishing } from '../events/publishing.ts'
import { createReplies } from '../events/replies.ts'
import { createStreams } from '../events/streams.ts'
import { createEventTypes } from '../events/types.ts'
import { addJob, type Task } from '../jobs/jobs.ts'
import type { Jq } from '../lib/jq/jq.ts'
import type { Storage } from './storage.ts'

export interface EventBus {
  feed: Feed
  followers: Followers
  notices: HubNotices
  publishing: Publishing
  tasks: Task[]
  services: Pick<Services, 'events' | 'eventTypes' | 'bus' | 'streams' | 'changes'>
  /** Ends streams and what waits, and lets runs that were asked for end. */
  close(): Promise<void>
}

export interface EventBusDeps {
  storage: Storage
  logger: Logger
  jq: Jq
  inbox: Inbox
  hubEvents: HubEvents
  /** What commands on the bus run. */
  services: Pick<Services, 'execute' | 'connectors' | 'integrations'>
}

const REGISTER_MODULE = 'register-module'

export function createEventBus({ storage: { database, blobs, links }, logger, jq, inbox, hubEvents, services }: EventBusDeps): EventBus {
  const onError = (error: unknown): void => { logger.warn({ err: error }, 'the event bus stumbled') }
  const feed = createFeed({ database, onError })
  const wake = (tenantId: string): void => { feed.wake(tenantId) }
  const eventTypes = createEventTypes({ database, connectors: builtInConnectors })
  const execute = createExecuteCommand({ run: (request) => services.execute.run(request), publish: (tenantId, event) => hubEvents.reply(tenantId, event), onError })
  const discovered = createDiscoveredCommand({ queue: (announcement) => addJob(database.owner, REGISTER_MODULE, announcement, { maxAttempts: 5 }) })
  const publishing = createPublishing({ inbox, types: eventTypes, commands: [execute, discovered], wake })
  const events = createEvents({ database, blobs, jq, publishing, repeated: links.repeated, onError })
  const replies = createReplies({ feed, blobs, onError })
  const streams = createStreams({ feed, onError })
  const register = (announcement: Announcement): Promise<void> => registerModule({
    connectors: services.connectors, integrations: services.integrations, publish: (tenantId, event) => hubEvents.reply(tenantId, event),
    find: (tenantId, messageId) => events.findOwn(tenantId, messageId),
    alone: (key, work) => database.owner.transaction(async (db) => {
      await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`module:${key}`])
      return work()
    }),
  }, announcement)
  return {
    feed, followers: createFollowers({ database, blobs, feed, onError }), notices: createHubNotices((tenantId, event) => { hubEvents.announce(tenantId, event) }), publishing,
    tasks: [{ name: REGISTER_MODULE, run: (payload) => register(payload as Announcement) }],
    services: { events, eventTypes, streams, bus: createBus({ publishing, events, feed, replies, onError }), changes: createChanges() },
    async close() {
      streams.close()
      await replies.close()
      await execute.settle()
    },
  }
}
