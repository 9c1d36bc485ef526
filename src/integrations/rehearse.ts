/** What a call would be, without making it: the same checks, transforms and schema. Nothing is sent, counted or recorded. */
import type { Jq } from '../lib/jq/jq.ts'
import { checkPermitted } from './admit.ts'
import type { RunRequest } from './call.ts'
import { findOperation, withinInput } from './execute.ts'
import type { LoadedIntegrations } from './loaded.ts'
import { applyTransforms } from './transforms.ts'

export interface Rehearsal {
  integration: { id: string, name: string, connector: string }
  operation: { id: string, summary: string }
  /** After the request transforms: what the operation would be given. */
  input: unknown
}

/** Throws what the call would throw before anything of it is sent. */
export type Rehearse = (request: Pick<RunRequest, 'caller' | 'integrationId' | 'operation' | 'input'>) => Promise<Rehearsal>

export function createRehearse({ loaded, jq }: { loaded: LoadedIntegrations, jq: Jq }): Rehearse {
  return async ({ caller, integrationId, operation: wanted, input = {} }) => {
    const integration = await loaded.get(caller.tenantId, integrationId)
    const operation = await findOperation(integration, wanted)
    checkPermitted(integration, { caller, operation: operation.id })
    const { row: { id, name, connector, tenantId, dataHandling } } = integration
    const sent = await applyTransforms(jq, dataHandling.requestTransform, { operation: operation.id, value: input, batchKey: tenantId })
    try {
      operation.validateInput(sent)
    } catch (error) {
      throw withinInput(error)
    }
    return { integration: { id, name, connector }, operation: { id: operation.id, summary: operation.summary }, input: sent }
  }
}
