/** An execution as the API gives it; running an operation answers with it too. */
import { z } from 'zod'
import type { ExecutionSummary } from '../../../executions/executions.ts'
import { executionStatuses, type ShownExecution } from '../../../executions/record.ts'
import { timestamp } from '../../route.ts'

export const executionStatus = z.enum(executionStatuses).describe('`succeeded`; `failed`: it was tried, and did not work; `refused`: the hub did not send it (status, access, quota, rate limit, breaker).')

const id = z.uuid().describe('UUIDv7: sorts by the time when the run began.')
const operation = z.string().describe("Id of the connector's operation; `proxy` for requests passed through.")
const startedAt = timestamp.describe('When the run began.')
const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())])).describe('Values of secret headers are replaced by `[hidden]`.')
const value = z.unknown().describe('Secrets are masked. Beyond 64 KiB: `{ "$blob": { id, contentType, sizeBytes, sha256 } }`, to be had at `/api/v1/blobs/{id}`.')

const errorFields = {
  type: z.string().describe('A code of the hub, or what an error mapping made of it.'),
  message: z.string(),
}

export const execution = z.object({
  id, integrationId: z.uuid(), operation, status: executionStatus, startedAt,
  request: z.object({
    method: z.string().nullable().describe('Null where no HTTP was spoken.'), endpoint: z.string().nullable().describe('The URL that was called.'), headers,
    payload: value, timestamp: z.iso.datetime(), sourceComponent: z.string().nullable().describe("The caller's `X-Source-Component`."),
  }),
  response: z.object({
    statusCode: z.number().nullable(), headers, data: value.optional(), duration: z.number().describe('ms'), timestamp: z.iso.datetime(),
    cached: z.boolean().describe("Whether the answer came from the integration's cache."),
  }).nullable().describe('Null where nothing was answered.'),
  metrics: z.object({
    latency: z.number().describe('Of the whole run, with its retries, in ms.'), dataSize: z.number().describe('Of the answer, in bytes.'),
    transformationTime: z.number().describe('Spent in transforms and mappings, in ms.'), retryCount: z.number().describe('Tries after the first.'),
  }),
  error: z.object({
    ...errorFields, recoverable: z.boolean().describe('Whether a repeat may succeed.'),
    stackTrace: z.string().optional().describe("Only of faults of the hub's or a plugin's own code, and only for keys with `debug:read`."),
  }).nullable(),
  runId: z.uuid().nullable().describe('The run of a flow that made the call.'),
}).meta({ id: 'Execution' })

export const executionSummary = z.object({
  id, integrationId: z.uuid(), integrationName: z.string().nullable().describe('Null once the integration is deleted.'), operation, status: executionStatus, startedAt,
  latencyMs: z.number(), method: z.string().nullable(), endpoint: z.string().nullable(), statusCode: z.number().nullable(),
  error: z.object(errorFields).nullable(), sizeBytes: z.number().describe('Of the record, without what is kept as large values.'),
}).meta({ id: 'ExecutionSummary' })

/** Names each field, so that nothing that an execution may carry besides is shown. */
export function toExecution(shown: ShownExecution): z.input<typeof execution> {
  const made = withoutData(shown)
  return { ...made, response: made.response && { ...made.response, data: shown.response?.data ?? null } }
}

/** For an answer that has the data already: they are not even looked at. */
export function withoutData({ request, response, metrics, error, ...shown }: ShownExecution): z.input<typeof execution> {
  return {
    id: shown.id, integrationId: shown.integrationId, operation: shown.operation, status: shown.status, startedAt: shown.startedAt,
    request: {
      method: request.method, endpoint: request.endpoint, headers: request.headers, payload: request.payload ?? null,
      timestamp: request.timestamp, sourceComponent: request.sourceComponent,
    },
    response: response === null ? null : {
      statusCode: response.statusCode, headers: response.headers, duration: response.duration, timestamp: response.timestamp, cached: response.cached,
    },
    metrics, error, runId: shown.runId,
  }
}

export function toExecutionSummary(summary: ExecutionSummary): z.input<typeof executionSummary> {
  return summary
}
