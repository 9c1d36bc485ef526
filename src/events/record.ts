/** An event as callers see it: its CloudEvent attributes, and beside them, in names that no attribute can have, what the hub knows of it. */
import { buffer } from 'node:stream/consumers'
import type { Blobs } from '../blobs/blobs.ts'
import { idTime } from '../db/partitions.ts'
import { isHubError, type FieldError } from '../errors.ts'
import type { CloudEvent } from './event.ts'
import type { EventRow } from './events-store.ts'

export interface EventRecord extends CloudEvent {
  /** The hub's own id: UUIDv7, sent as `webhook-id` in all deliveries. */
  messageId: string
  receivedAt: string
  webhookSourceId: string | null
  /** The run of a flow that sent it. */
  runId: string | null
  schemaErrors: FieldError[] | null
  /** Where large data is to be had, which is left out here. */
  dataRef?: string
}

type Facts = Pick<EventRow, 'id' | 'webhookSourceId' | 'runId' | 'schemaErrors' | 'blobId'>

/** As JSON, with the event's text as it was stored. */
export function recordText(row: Facts & Pick<EventRow, 'text'>): string {
  return `${JSON.stringify(factsOf(row)).slice(0, -1)},${row.text.slice(row.text.indexOf('{') + 1)}`
}

export function recordOf(row: Facts & Pick<EventRow, 'text'>): EventRecord {
  return { ...JSON.parse(row.text) as CloudEvent, ...factsOf(row) }
}

function factsOf({ id, webhookSourceId, runId, schemaErrors, blobId }: Facts): Pick<EventRecord, 'messageId' | 'receivedAt' | 'webhookSourceId' | 'runId' | 'schemaErrors' | 'dataRef'> {
  return { messageId: id, receivedAt: new Date(idTime(id)).toISOString(), webhookSourceId, runId, schemaErrors, ...blobId !== null && { dataRef: `/api/v1/events/${id}` } }
}

/** The whole event, from the blob store where it is large; without its data where that is gone there, shortly before the event goes itself. */
export async function wholeText(blobs: Pick<Blobs, 'read'>, tenantId: string, { text, blobId }: Pick<EventRow, 'text' | 'blobId'>): Promise<string> {
  if (blobId === null) return text
  try {
    return (await buffer((await blobs.read(tenantId, blobId)).stream)).toString('utf8')
  } catch (error) {
    if (isHubError(error, 'not_found')) return text
    throw error
  }
}
