/** Design B's IntegrationExecution, made from how a call went. */
import type { Execution } from '../executions/record.ts'
import { HubError } from '../errors.ts'
import type { Call } from './call.ts'
import type { MappedFailure } from './transforms.ts'

export interface CallOutcome {
  status: Execution['status']
  data?: unknown
  /** The data as JSON, where it succeeded. */
  json?: string
  cached?: boolean
  statusCode?: number | undefined
  error?: unknown
  mapped?: MappedFailure | undefined
}

/** `dataJson`: the answer's data as text, where it succeeded. */
export function makeExecution(call: Call, outcome: CallOutcome, dataJson: string | undefined): Execution {
  const { exchange, loaded, request, startedAt } = call
  const endedAt = Date.now()
  const response = responseOf(call, outcome, endedAt, dataJson)
  return {
    id: call.id, tenantId: loaded.row.tenantId, integrationId: loaded.row.id, operation: call.operation.id, status: outcome.status, startedAt: new Date(startedAt),
    request: {
      method: exchange?.method ?? null, endpoint: exchange?.endpoint ?? null, headers: exchange?.requestHeaders ?? {},
      payload: call.input, timestamp: new Date(startedAt).toISOString(), sourceComponent: request.sourceComponent ?? null,
    },
    response,
    metrics: {
      latency: endedAt - startedAt, dataSize: sizeOf(response?.data, dataJson), transformationTime: Math.round(call.transformationMs * 100) / 100,
      retryCount: Math.max(0, call.tries - 1),
    },
    error: outcome.error === undefined ? null : errorOf(outcome),
    runId: request.runId,
  }
}

function responseOf({ exchange, startedAt }: Call, outcome: CallOutcome, endedAt: number, dataJson: string | undefined): Execution['response'] {
  if (outcome.status === 'refused' || exchange?.statusCode === undefined && outcome.status === 'failed') return null
  return {
    statusCode: exchange?.statusCode ?? outcome.statusCode ?? null, headers: exchange?.responseHeaders ?? {},
    data: outcome.status === 'succeeded' ? outcome.data ?? null : exchange?.data ?? null, ...dataJson !== undefined && { dataJson },
    duration: endedAt - startedAt, timestamp: new Date(endedAt).toISOString(), cached: outcome.cached ?? false,
  }
}

function errorOf({ error, mapped }: CallOutcome): Execution['error'] {
  if (error instanceof HubError) {
    return { type: mapped?.type ?? error.code, message: mapped?.message ?? error.message, recoverable: mapped?.recoverable ?? error.retryable }
  }
  // A fault of the connector's or the hub's own code: the stack is for those who may debug.
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return { type: 'internal', message, recoverable: false, ...stack !== undefined && { stackTrace: stack } }
}

function sizeOf(data: unknown, dataJson: string | undefined): number {
  if (data === undefined || data === null) return 0
  const { $blob } = data as { $blob?: { sizeBytes?: unknown } }
  if (typeof $blob?.sizeBytes === 'number') return $blob.sizeBytes
  return Buffer.byteLength(dataJson ?? JSON.stringify(data))
}
