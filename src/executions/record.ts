/**
 * The record of one run, after design B's IntegrationExecution, and how it is stored.
 *
 * Stored as `{ request, response, metrics, error, payload, data }`: payload and data stand apart, so that a list reads the rest
 * without going through them. Each may be a `$blob` reference. Text that Postgres could store but not take apart afterwards
 * (NUL, lone surrogates, deep nesting) is kept as a string that holds the JSON, under `payloadText` or `dataText`.
 */
import type { BlobReference } from '../connectors/connector.ts'
import type { HeaderMap } from '../lib/http/http.ts'
import { recordedHeaders } from './headers.ts'
import { isStorable, repairEscapes } from './json-text.ts'

export const executionStatuses = ['succeeded', 'failed', 'refused'] as const
export type ExecutionStatus = (typeof executionStatuses)[number]

export interface ExecutionRequest {
  method: string | null
  endpoint: string | null
  headers: HeaderMap
  payload?: unknown
  /** ISO 8601. */
  timestamp: string
  sourceComponent: string | null
}

export interface ExecutionResponse {
  statusCode: number | null
  headers: HeaderMap
  data?: unknown
  /** ms */
  duration: number
  timestamp: string
  cached: boolean
}

export interface ExecutionMetrics {
  /** Of the whole run, ms. */
  latency: number
  /** Of the response, bytes. */
  dataSize: number
  /** ms */
  transformationTime: number
  retryCount: number
}

export interface ExecutionError {
  type: string
  message: string
  recoverable: boolean
  /** Only of faults of the hub's or a plugin's own code, and only for those who may debug. */
  stackTrace?: string
}

/** What `record` takes. `payloadJson` and `dataJson` are JSON text made already: used instead of the value, which then need not be written out again. */
export interface Execution {
  /** UUIDv7 */
  id: string
  tenantId: string
  integrationId: string
  operation: string
  status: ExecutionStatus
  startedAt: Date
  request: ExecutionRequest & { payloadJson?: string | undefined }
  response: (ExecutionResponse & { dataJson?: string | undefined }) | null
  metrics: ExecutionMetrics
  error: ExecutionError | null
  /** The run of a flow that made the call. */
  runId?: string | undefined
}

/** What may be shown of an execution: masked, bounded, without its tenant. */
export interface ShownExecution {
  id: string
  integrationId: string
  operation: string
  status: ExecutionStatus
  startedAt: Date
  request: ExecutionRequest
  response: ExecutionResponse | null
  metrics: ExecutionMetrics
  error: ExecutionError | null
  runId: string | null
}

/** Takes secrets out. `maskJson` answers JSON whatever it finds; both answer the same string where there is nothing to find. */
export interface Mask { mask(text: string): string, maskJson(json: string): string }

/** Puts a JSON text among the large values. */
export type Spill = (json: string, sizeBytes: number) => Promise<BlobReference>

export interface StoredRecord {
  json: string
  sizeBytes: number
  /** The same with payload and data as strings: what Postgres takes whatever they hold. */
  wrapped(): string
  shown: ShownExecution
}

/** Larger payloads and data are kept as blobs. */
export const INLINE_MAX_BYTES = 64 * 1024
const MAX_ENDPOINT = 8000
const MAX_MESSAGE = 4000
const MAX_STACK = 16_000
const MAX_NAME = 300

/** One value on its way into the record. `read` gives what it reads back as: only made where somebody looks. */
interface Part { json: string, read(): unknown }

export async function makeRecord(execution: Execution, { mask, spill }: { mask: Mask | undefined, spill: Spill }): Promise<StoredRecord> {
  const { request, response } = execution
  const payload = await smallPart(makePart(request.payload, request.payloadJson, mask), spill)
  const data = await smallPart(response === null ? { json: 'null', read: () => null } : makePart(response.data, response.dataJson, mask), spill)
  const head = makeHead(execution, mask)
  const json = compose(head.json, payload.json, data.json)
  return {
    json, sizeBytes: Buffer.byteLength(json), shown: show({ ...execution, runId: execution.runId ?? null }, head.value, payload.read, data.read),
    wrapped: () => compose(head.json, payload.json, data.json, true),
  }
}

function makePart(value: unknown, given: string | undefined, mask: Mask | undefined): Part {
  // A given text may be masked already while the value is not: then only the text may be shown.
  const plain = given === undefined ? written(value) : { json: given, read: () => parse(given) }
  const masked = mask === undefined ? plain.json : mask.maskJson(plain.json)
  return masked === plain.json ? plain : { json: masked, read: () => parse(masked) }
}

/** What has no JSON (a cycle, a bigint, nesting without end) becomes a string that says so. */
function written(value: unknown): Part {
  try {
    const json = JSON.stringify(value) as string | undefined
    return json === undefined ? { json: 'null', read: () => null } : { json, read: () => value }
  } catch (error) {
    const said = `[not recorded: ${error instanceof Error ? error.message.split('\n')[0] : 'it has no JSON'}]`
    return { json: JSON.stringify(said), read: () => said }
  }
}

/** Given text is the giver's word for JSON; what isn't is shown as the text that it is. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

async function smallPart(part: Part, spill: Spill): Promise<Part> {
  // No character takes more than three bytes of UTF-8 for each of its UTF-16 units: short texts need no counting.
  if (part.json.length * 3 <= INLINE_MAX_BYTES) return part
  const sizeBytes = Buffer.byteLength(part.json)
  if (sizeBytes <= INLINE_MAX_BYTES) return part
  const reference = await spill(part.json, sizeBytes)
  return { json: JSON.stringify(reference), read: () => reference }
}

interface Head {
  request: Omit<ExecutionRequest, 'payload'>
  response: Omit<ExecutionResponse, 'data'> | null
  metrics: ExecutionMetrics
  error: ExecutionError | null
}

function makeHead({ request, response, metrics, error }: Execution, mask: Mask | undefined): { json: string, value: Head } {
  // Masked before it is cut: half a secret is not recognised.
  const cut = (text: string, max: number): string => (text.length <= max ? text : `${(mask?.mask(text) ?? text).slice(0, max)}…`)
  const value: Head = {
    request: {
      method: request.method, endpoint: request.endpoint === null ? null : cut(request.endpoint, MAX_ENDPOINT), headers: recordedHeaders(request.headers, cut),
      timestamp: request.timestamp, sourceComponent: request.sourceComponent === null ? null : cut(request.sourceComponent, MAX_NAME),
    },
    response: response === null ? null : {
      statusCode: response.statusCode, headers: recordedHeaders(response.headers, cut),
      duration: response.duration, timestamp: response.timestamp, cached: response.cached,
    },
    metrics: { latency: metrics.latency, dataSize: metrics.dataSize, transformationTime: metrics.transformationTime, retryCount: metrics.retryCount },
    error: error === null ? null : {
      type: cut(error.type, MAX_NAME), message: cut(error.message, MAX_MESSAGE), recoverable: error.recoverable,
      ...error.stackTrace !== undefined && { stackTrace: cut(error.stackTrace, MAX_STACK) },
    },
  }
  const json = JSON.stringify(value)
  if (mask === undefined || mask.mask(json) === json) return { json: repairEscapes(json), value }
  // Only the texts: a secret may be a word that names a field, or digits of a figure of ours.
  const masked = JSON.stringify(value, (_key, each: unknown) => (typeof each === 'string' ? mask.mask(each) : each))
  return { json: repairEscapes(masked), value: JSON.parse(masked) as Head }
}

function compose(head: string, payload: string, data: string, wrapAll = false): string {
  const member = (name: string, json: string): string => (wrapAll || !isStorable(json) ? `"${name}Text":${JSON.stringify(json.replaceAll('\0', '\ufffd').toWellFormed())}` : `"${name}":${json}`)
  return `${head.slice(0, -1)},${member('payload', payload)},${member('data', data)}}`
}

/** As it stands in the table, parsed. */
export interface StoredJson extends Head { payload?: unknown, payloadText?: string, data?: unknown, dataText?: string }

/** What of it stands in columns of its own. */
type Facts = Pick<ShownExecution, 'id' | 'integrationId' | 'operation' | 'status' | 'startedAt' | 'runId'>

export function readRecord(row: Facts, stored: StoredJson): ShownExecution {
  return show(row, stored,
    () => (stored.payloadText === undefined ? stored.payload : parse(stored.payloadText)),
    () => (stored.dataText === undefined ? stored.data : parse(stored.dataText)))
}

function show({ id, integrationId, operation, status, startedAt, runId }: Facts, head: Head, readPayload: () => unknown, readData: () => unknown): ShownExecution {
  const { method, endpoint, headers, timestamp, sourceComponent } = head.request
  return {
    id, integrationId, operation, status, startedAt,
    // Looked at by few: an answer to a run leaves its data out.
    request: { method, endpoint, headers, get payload() { return readPayload() }, timestamp, sourceComponent },
    response: head.response === null ? null : shownResponse(head.response, readData),
    metrics: head.metrics, error: head.error, runId,
  }
}

function shownResponse({ statusCode, headers, duration, timestamp, cached }: Omit<ExecutionResponse, 'data'>, readData: () => unknown): ExecutionResponse {
  return { statusCode, headers, get data() { return readData() }, duration, timestamp, cached }
}

/** Without what only those may see who may debug. */
export function withoutStack<Shown extends { error: ExecutionError | null }>(execution: Shown): Shown {
  if (execution.error?.stackTrace === undefined) return execution
  const { stackTrace: _hidden, ...error } = execution.error
  return { ...execution, error }
}
