/** How many runs of flows and agents an event stands within: an attribute, since events leave the hub and may come back. */
import { readDepth } from '../tenants/depth.ts'
import type { ReadEvent } from './cloudevent.ts'
import type { CloudEvent } from './event.ts'

export const DEPTH_ATTRIBUTE = 'interchangedepth'

export function depthOf(event: CloudEvent): number {
  return readDepth(event[DEPTH_ATTRIBUTE])
}

/** The event as one that stands within at least so many. Its data stays as it was written. */
export function within<Event extends ReadEvent>(read: Event, depth = 0): Event {
  if (depth <= depthOf(read.event)) return read
  const event = { ...read.event, [DEPTH_ATTRIBUTE]: depth }
  const json = DEPTH_ATTRIBUTE in read.event ? JSON.stringify(event) : read.json.replace('{', `{"${DEPTH_ATTRIBUTE}":${depth},`)
  return { ...read, event, json }
}
