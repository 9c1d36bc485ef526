import type { CloudEvent } from '../../../events/event.ts'
import type { ClaimedRow } from './queue-store.ts'

/** A delivery in this process's hands. */
export interface Item {
  row: ClaimedRow
  /** The event as structured JSON; undefined where it lies in a blob, or is gone. */
  text: string | undefined
  blobId: string | null
  /** `text` parsed, where somebody did so already. */
  event: CloudEvent | undefined
}

/** What goes out in one request. */
export interface Shipment { items: Item[], batchId: string | null }

export function sizeOf({ items }: Shipment): number {
  let size = 0
  for (const { text } of items) size += text?.length ?? 0
  return size
}
