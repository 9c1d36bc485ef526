/** What led to what, where no column of the record tells: repeats, and the events that a run listened for and took. */
import type { Database } from '../db/database.ts'
import { isUuid } from '../lib/page.ts'
import { deleteLinksBefore, insertLink, listCauses, listConsequences, type LinkRow } from './links-store.ts'

/** Ids are the hub's own: of an event, its `messageId`. */
export interface Links {
  /** `id` is `causeId` once more, run or sent again. Never rejects: what was repeated stands, and a note of it that cannot be made is told to `onError`. */
  repeated(tenantId: string, id: string, causeId: string): Promise<void>
  /** A run listened for an event, and took it. */
  heard(tenantId: string, runId: string, eventId: string): Promise<void>
  causes(tenantId: string, id: string, limit: number): Promise<LinkRow[]>
  consequences(tenantId: string, id: string, limit: number): Promise<LinkRow[]>
  /** Forgets links of records that are older than almost any are kept. */
  expire(now?: Date): Promise<void>
}

const KEPT_MS = 400 * 86_400_000

export function createLinks({ database, onError }: { database: Pick<Database, 'tenant' | 'system'>, onError(error: unknown): void }): Links {
  return {
    repeated: (tenantId, id, causeId) => insertLink(database.tenant(tenantId), tenantId, { id, causeId, relation: 'repeated' }).catch(onError),
    heard: (tenantId, runId, eventId) => insertLink(database.tenant(tenantId), tenantId, { id: runId, causeId: eventId, relation: 'heard' }),
    causes: async (tenantId, id, limit) => (isUuid(id) ? listCauses(database.tenant(tenantId), tenantId, id, limit) : []),
    consequences: async (tenantId, id, limit) => (isUuid(id) ? listConsequences(database.tenant(tenantId), tenantId, id, limit) : []),
    expire: (now = new Date()) => deleteLinksBefore(database.system, new Date(now.getTime() - KEPT_MS)),
  }
}
