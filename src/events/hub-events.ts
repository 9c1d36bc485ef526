/** What the hub tells of itself, as events of the source `interchange`. Ids, names and masked messages stand in them; never payloads nor secrets. */
import { uuidv7 } from 'uuidv7'
import { SOURCE_OF_THE_HUB } from './attributes.ts'
import { structuredJson } from './cloudevent.ts'
import { DEPTH_ATTRIBUTE } from './depth.ts'
import type { AcceptedEvent, CloudEvent, Inbox } from './event.ts'

export interface HubEvent {
  type: string
  /** The id of what it is about. */
  subject: string
  data: Record<string, unknown>
  /** How many runs what it tells of stands within. */
  depth?: number
  /** One with this key and no other is told, whichever process was first. */
  once?: AcceptedEvent['once']
}

export interface HubReply {
  type: string
  subject: string
  attributes: Record<string, string | number>
  /** JSON. */
  dataJson: string
}

export interface HubEvents {
  /** Resolves once it is committed. */
  publish(tenantId: string, event: HubEvent): Promise<void>
  reply(tenantId: string, event: HubReply): Promise<void>
  /** For those who neither wait for it nor fail by it. */
  announce(tenantId: string, event: HubEvent): void
  /** Resolves when all that was announced is committed, or failed to be. */
  settle(): Promise<void>
}

export interface HubEventsDeps {
  inbox: Inbox
  wake(tenantId: string): void
  onError(error: unknown): void
}

/** Announced and not committed yet: the database is away, or far behind. More are not kept. */
const MOST_WAITING = 10_000

export function createHubEvents({ inbox, wake, onError }: HubEventsDeps): HubEvents {
  const announcing = new Set<Promise<void>>()
  const accept = async (tenantId: string, { type, subject, attributes = {}, dataJson, once }: HubReply & Pick<HubEvent, 'once'>, data?: unknown): Promise<void> => {
    const id = uuidv7()
    const envelope: CloudEvent = { specversion: '1.0', id, source: SOURCE_OF_THE_HUB, type, subject, time: new Date().toISOString(), datacontenttype: 'application/json', ...attributes }
    const json = structuredJson(envelope, dataJson)
    await inbox.accept({ tenantId, id, event: { ...envelope, data: data ?? JSON.parse(dataJson) }, json, sizeBytes: Buffer.byteLength(json), once })
    wake(tenantId)
  }
  const publish: HubEvents['publish'] = (tenantId, { data, depth, ...event }) => accept(tenantId, { ...event, attributes: depth === undefined ? {} : { [DEPTH_ATTRIBUTE]: depth }, dataJson: JSON.stringify(data) }, data)
  return {
    publish,
    reply: (tenantId, event) => accept(tenantId, event),
    announce(tenantId, event) {
      if (announcing.size >= MOST_WAITING) {
        onError(new Error(`${MOST_WAITING} of the hub's own events wait for the database: ${event.type} is not told.`))
        return
      }
      const one: Promise<void> = publish(tenantId, event).catch(onError).finally(() => { announcing.delete(one) })
      announcing.add(one)
    },
    settle: async () => { await Promise.all(announcing) },
  }
}
