/** What an endpoint would get of an event, before it is sent anything. */
import type { CloudEvent } from '../../events/event.ts'
import type { Caller } from '../../tenants/caller.ts'
import { shape, type AttemptDeps } from './dispatcher/attempt.ts'

export interface PreviewRequest { event: CloudEvent, filters: readonly string[], transformations: readonly string[] }

export interface Preview {
  /** `parked`: a program fails on the event, and a delivery of it would be set aside. */
  outcome: 'sent' | 'left_out' | 'parked'
  /** Of the request, where it would be sent. */
  body: string | null
  reason: string | null
}

export interface Previews {
  /** By the programs that a delivery goes through. */
  preview(caller: Caller, request: PreviewRequest): Promise<Preview>
}

export function createPreviews(deps: Pick<AttemptDeps, 'jq' | 'readBlob'>): Previews {
  return {
    async preview({ tenantId }, { event, ...programs }) {
      const shaped = await shape(deps, { tenantId, ...programs }, { text: JSON.stringify(event), blobId: null, event })
      if (shaped.kind === 'parked') return { outcome: 'parked', body: null, reason: shaped.reason }
      return shaped.kind === 'unwanted' ? { outcome: 'left_out', body: null, reason: null } : { outcome: 'sent', body: shaped.body, reason: null }
    },
  }
}
