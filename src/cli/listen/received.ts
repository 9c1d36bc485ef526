/** An event as the hub's stream has it: a CloudEvent, and in names that no attribute can have what the hub knows of it. */
import type { Client } from '../../client/client.ts'
import type { Event } from '../../client/types.ts'
import { rawMember } from './raw-data.ts'

export interface ReceivedEvent {
  /** As JSON. */
  text: string
  event: Event
}

export function readReceived(text: string): ReceivedEvent {
  return { text, event: JSON.parse(text) as Event }
}

/** With its data, which the stream leaves out where it is large. */
export async function wholeEvent(client: Client, received: ReceivedEvent, signal: AbortSignal): Promise<ReceivedEvent> {
  const { dataRef, messageId } = received.event
  if (dataRef === undefined) return received
  return readReceived(await (await client.raw('GET', '/api/v1/events/{id}', { path: { id: messageId }, signal })).text())
}

/** The data as it was sent. `text` of what is JSON is as its sender wrote it. */
export function dataOf({ text, event }: ReceivedEvent): string | Uint8Array<ArrayBuffer> {
  if (typeof event.data_base64 === 'string') return Uint8Array.from(Buffer.from(event.data_base64, 'base64'))
  if (typeof event.data === 'string' && !isJson(event.datacontenttype)) return event.data
  return rawMember(text, 'data') ?? ''
}

function isJson(contentType: string | null | undefined): boolean {
  return contentType === undefined || contentType === null || /^[^;]*[/+]json\s*(;|$)/i.test(contentType)
}
