/**
 * Traces for an OpenTelemetry collector (OTLP over HTTP, as JSON): one server span an API request, below it one client span
 * for each try towards an upstream. Import this file only where an endpoint is set: it loads the whole of OpenTelemetry.
 *
 * A span holds methods, route patterns, statuses, ids and host names. Paths, query strings, headers, bodies and error messages
 * may hold secrets, and stay out.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span, type Tracer } from '@opentelemetry/api'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { HubError } from '../errors.ts'
import type { TryExchange, TryFacts, TrySpan, TryTracing } from '../integrations/tracing.ts'
import { createExporter } from './exporter.ts'
import { readResource } from './resource.ts'
import { formatTraceparent, parseTraceparent } from './traceparent.ts'

export interface Telemetry extends TryTracing {
  /** Makes a span of every request, below the caller's where it sent a `traceparent`. To be called before routes are added. */
  watchRequests(server: FastifyInstance): void
  /** The same logger: what it writes while a request is handled carries `trace_id` and `span_id`. */
  withTraceIds(logger: Logger): Logger
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>
}

export interface TelemetryOptions {
  /** Base URL of the collector: `/v1/traces` is added. */
  endpoint: string
  logger: Logger
  /** For `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`. The SDK itself reads the others of its variables from the process. */
  environment: Record<string, string | undefined>
}

/** Beyond it spans are dropped: some 20 MB, and two seconds of a hub at full load. */
const QUEUE_MAX_SPANS = 16_384
const BATCH_MAX_SPANS = 1024
const SEND_EVERY_MS = 1000
const CLOSE_MAX_MS = 5000

/** Asked every few seconds by machines, and of no interest to anybody. */
const notTraced = new Set(['/healthz', '/readyz', '/metrics'])
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export function startTelemetry({ endpoint, logger, environment }: TelemetryOptions): Telemetry {
  const exporter = createExporter({ endpoint, logger })
  const provider = new NodeTracerProvider({
    resource: readResource(environment),
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: QUEUE_MAX_SPANS, maxExportBatchSize: BATCH_MAX_SPANS, scheduledDelayMillis: SEND_EVERY_MS, exportTimeoutMillis: CLOSE_MAX_MS })],
  })
  const tracer = provider.getTracer('interchange')
  const current = new AsyncLocalStorage<Span>()
  return {
    watchRequests: (server) => { watchRequests(server, tracer, current) },
    begin: (facts) => beginTry(tracer, current.getStore(), facts),
    withTraceIds: (logger) => logger.child({}, { formatters: { log: (entry) => ({ ...entry, ...idsOf(current.getStore()) }) } }),
    async close() {
      let timer: NodeJS.Timeout | undefined
      const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, CLOSE_MAX_MS) })
      // A collector that is gone was told of in the log already.
      const sent = provider.shutdown().catch(() => undefined).then(() => exporter.shutdown())
      await Promise.race([sent, patience])
      clearTimeout(timer)
    },
  }
}

function watchRequests(server: FastifyInstance, tracer: Tracer, current: AsyncLocalStorage<Span>): void {
  const spans = new WeakMap<FastifyRequest, Span>()
  const within = (request: FastifyRequest, next: () => void): void => {
    const span = spans.get(request)
    if (span === undefined) next()
    else current.run(span, next)
  }
  server.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url
    if (route === undefined || !notTraced.has(route)) {
      const span = beginRequest(tracer, request, route)
      spans.set(request, span)
      reply.raw.once('close', () => { endRequest(span, reply.raw) })
    }
    within(request, done)
  })
  // What comes after the body, or after the answer, runs on the socket's behalf and has lost the request.
  server.addHook('preHandler', (request, _reply, done) => { within(request, done) })
  server.addHook('onResponse', (request, _reply, done) => { within(request, done) })
}

function beginRequest(tracer: Tracer, request: FastifyRequest, route: string | undefined): Span {
  const method = methodOf(request.method)
  return tracer.startSpan(route === undefined ? method : `${method} ${route}`, {
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': method, 'url.scheme': 'http', 'network.protocol.version': request.raw.httpVersion, 'interchange.request.id': request.id,
      ...route !== undefined && { 'http.route': route },
    },
  }, callersContext(request.raw))
}

function callersContext({ headers }: IncomingMessage): Context {
  const remote = parseTraceparent(headers['traceparent'])
  return remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote)
}

function endRequest(span: Span, { headersSent, writableFinished, statusCode }: ServerResponse): void {
  if (headersSent) span.setAttribute('http.response.status_code', statusCode)
  const failure = writableFinished ? statusCode >= 500 ? String(statusCode) : undefined : 'client_disconnected'
  if (failure !== undefined) markFailed(span, failure)
  span.end()
}

function beginTry(tracer: Tracer, parent: Span | undefined, { operation, number, loaded: { row, credential } }: TryFacts): TrySpan {
  const span = tracer.startSpan(operation, {
    kind: SpanKind.CLIENT,
    attributes: {
      'interchange.tenant.id': row.tenantId, 'interchange.integration.id': row.id, 'interchange.connector': row.connector, 'interchange.operation': operation,
      ...number > 1 && { 'http.request.resend_count': number - 1 },
    },
  }, parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent))
  let ended = false
  return {
    headers: { traceparent: formatTraceparent(span.spanContext()) },
    end(exchange = {}, error) {
      if (ended) return
      ended = true
      span.setAttributes(exchangeAttributes(exchange, (text) => credential?.mask.mask(text) ?? text))
      const failure = failureOf(exchange, error)
      if (failure !== undefined) markFailed(span, failure)
      span.end()
    },
  }
}

/** Host and port are all that is taken of the address. A secret may stand even there: they are masked. */
function exchangeAttributes({ method, endpoint, statusCode }: TryExchange, mask: (text: string) => string): Attributes {
  const url = endpoint === undefined ? null : URL.parse(endpoint)
  return {
    ...method !== undefined && { 'http.request.method': methodOf(method) },
    ...url !== null && { 'server.address': mask(url.hostname), 'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)) },
    ...statusCode !== undefined && { 'http.response.status_code': statusCode },
  }
}

/** Low in variety, as `error.type` must be: the status where that is the reason, else our own code. */
function failureOf({ statusCode }: TryExchange, error: unknown): string | undefined {
  if (statusCode !== undefined && statusCode >= 400) return String(statusCode)
  if (error === undefined) return undefined
  return error instanceof HubError ? error.code : 'internal'
}

function markFailed(span: Span, type: string): void {
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

function methodOf(method: string): string {
  const upper = method.toUpperCase()
  return knownMethods.has(upper) ? upper : '_OTHER'
}

/** Named as OpenTelemetry names them in logs that are no OTLP. */
function idsOf(span: Span | undefined): { trace_id?: string, span_id?: string } {
  if (span === undefined) return {}
  const { traceId, spanId } = span.spanContext()
  return { trace_id: traceId, span_id: spanId }
}
