import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { openHub, withHub, type TestHub } from '../../test/hub.ts'
import { createTestDatabase } from '../../test/postgres.ts'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'
import { startHub } from '../build.ts'
import { readConfig } from '../config.ts'
import type { Loaded } from '../integrations/loaded.ts'
import { startCollector, type Collector, type SentSpan } from './collector.fixture.ts'
import { startTelemetry } from './telemetry.ts'

const canary = 'canary-5ecret/value+42'
const forms = [canary, encodeURIComponent(canary), ...[0, 1, 2].map((shift) => Buffer.from('x'.repeat(shift) + canary).toString('base64').slice(4, -4))]
const traceId = '0af7651916cd43dd8448eb211c80319c'
const caller = { traceparent: `00-${traceId}-b7ad6b7169203331-01` }

const shop = (url: string): object => ({
  openapi: '3.1.0', info: { title: 'Shop', version: '1' }, servers: [{ url }],
  components: { securitySchemes: { key: { type: 'apiKey', in: 'query', name: 'api_key' } } }, security: [{ key: [] }],
  paths: {
    '/books/{id}': {
      get: { operationId: 'getBook', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }, { name: 'q', in: 'query', schema: { type: 'string' } }], responses: { 200: { description: 'ok' } } },
      post: { operationId: 'addBook', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }], requestBody: { content: { 'application/json': { schema: {} } } }, responses: { 200: { description: 'ok' } } },
    },
  },
})

interface Scene { hub: TestHub, upstream: Upstream, collector: Collector, integrationId: string }

/** A hub that traces, with an upstream that is connected. Answers the spans that had reached the collector once the hub was closed. */
async function traced(work: (scene: Scene) => Promise<void>, prepare: (collector: Collector) => void = () => undefined): Promise<{ spans: SentSpan[], collector: Collector }> {
  const [upstream, collector] = [await startUpstream(), await startCollector()]
  prepare(collector)
  try {
    const { hub, close } = await openHub({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` } })
    try {
      const { status, body } = await hub.call('POST', '/api/integration/register', { name: 'Shop', type: 'openapi', config: { openAPISpec: shop(upstream.url) }, credentials: { key: canary } })
      expect(status, JSON.stringify(body)).toBe(201)
      upstream.asked.length = 0
      await work({ hub, upstream, collector, integrationId: body.id as string })
    } finally {
      await close()
    }
    return { spans: collector.spans(), collector }
  } finally {
    await upstream.close()
    await collector.close()
  }
}

const run = ({ hub, integrationId }: Scene, operation: string, input: unknown, headers: Record<string, string> = {}) =>
  hub.call('POST', `/api/v1/integrations/${integrationId}/run`, { operation, input }, { headers })

test("a request becomes a server span below its caller's, each try a client span below it, and the upstream is told of the try", async () => {
  let upstreamSaw: unknown
  let port = 0
  const { spans, collector } = await traced(async (scene) => {
    scene.upstream.answer((_request, response) => { json(response, scene.upstream.asked.length === 1 ? 503 : 200, {}) })
    expect(await run(scene, 'getBook', { id: '7' }, { ...caller, 'x-request-id': 'a-request' })).toMatchObject({ status: 200 })
    upstreamSaw = scene.upstream.asked.map(({ headers }) => headers['traceparent'])
    port = Number(new URL(scene.upstream.url).port)
  })
  const server = spans.find((span) => span.traceId === traceId && span.kind === 'server')
  expect(server).toMatchObject({
    name: 'POST /api/v1/integrations/:id/run', parentSpanId: 'b7ad6b7169203331', status: { code: 0 },
    attributes: { 'http.request.method': 'POST', 'http.route': '/api/v1/integrations/:id/run', 'http.response.status_code': 200, 'url.scheme': 'http', 'interchange.request.id': 'a-request' },
  })
  const tries = spans.filter((span) => span.traceId === traceId && span.kind === 'client')
  expect(tries).toMatchObject([
    { name: 'getBook', parentSpanId: server!.spanId, status: { code: 2 }, attributes: { 'http.request.method': 'GET', 'server.address': '127.0.0.1', 'server.port': port, 'http.response.status_code': 503, 'error.type': '503', 'interchange.operation': 'getBook' } },
    { name: 'getBook', parentSpanId: server!.spanId, status: { code: 0 }, attributes: { 'http.response.status_code': 200, 'http.request.resend_count': 1 } },
  ])
  expect(tries[0]!.attributes).not.toHaveProperty('http.request.resend_count')
  expect(upstreamSaw).toEqual(tries.map(({ spanId }) => `00-${traceId}-${spanId}-01`))
  expect(collector.resource()).toMatchObject({ 'service.name': 'interchange', 'service.version': expect.stringMatching(/^\d/) })
  expect(collector.asked[0]).toEqual({ path: '/v1/traces', contentType: 'application/json' })
})

test('a proxied request is traced too, and the upstream hears of the try instead of the caller', async () => {
  let upstreamSaw: unknown
  const { spans } = await traced(async ({ hub, integrationId, upstream }) => {
    expect(await hub.call('GET', `/api/v1/integrations/${integrationId}/proxy/books/secret-path?q=1`, undefined, { headers: caller })).toMatchObject({ status: 200 })
    upstreamSaw = upstream.asked[0]!.headers['traceparent']
  })
  const [server, client] = ['server', 'client'].map((kind) => spans.find((span) => span.traceId === traceId && span.kind === kind)!)
  expect(server).toMatchObject({ name: 'GET /api/v1/integrations/:id/proxy/*' })
  expect(client).toMatchObject({ name: 'proxy', parentSpanId: server!.spanId, attributes: { 'http.response.status_code': 200 } })
  expect(upstreamSaw).toBe(`00-${traceId}-${client!.spanId}-01`)
})

test('no secret, payload, path or query string reaches the collector, however the call ends', async () => {
  const { spans, collector } = await traced(async (scene) => {
    const { hub, upstream } = scene
    await run(scene, 'addBook', { id: canary, body: { note: canary } }, { 'x-anything': canary, tracestate: `vendor=${encodeURIComponent(canary)}`, baggage: `user=${encodeURIComponent(canary)}` })
    upstream.answer((_request, response) => { json(response, 422, { message: `no: ${canary}` }) })
    await run(scene, 'getBook', { id: canary, q: canary })
    upstream.answer((_request, response) => { response.destroy() })
    await run(scene, 'addBook', { id: canary, body: canary })
    await hub.call('GET', `/api/v1/integrations/${encodeURIComponent(canary)}?q=${encodeURIComponent(canary)}`)
    await hub.call('GET', `/nowhere/${encodeURIComponent(canary)}`)
    await hub.call('GET', '/api/v1/keys', undefined, { key: canary })
    expect(JSON.stringify(upstream.asked)).toContain(encodeURIComponent(canary))
  })
  const text = collector.bodies.join('\n')
  for (const form of forms) expect(text).not.toContain(form)
  expect(spans.filter(({ kind }) => kind === 'client').map(({ attributes }) => attributes['error.type'])).toEqual([undefined, '422', 'upstream_unavailable'])
  expect(spans.filter(({ kind }) => kind === 'server').map(({ attributes }) => attributes['http.response.status_code'])).toEqual([201, 200, 422, 502, 404, 404, 401])
})

test('a caller that does not want its trace recorded is heeded, here and upstream; one that sends nonsense begins a new trace', async () => {
  const seen: (string | string[] | undefined)[] = []
  const { spans } = await traced(async (scene) => {
    for (const traceparent of [`00-${traceId}-b7ad6b7169203331-00`, `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `ff-${traceId}-b7ad6b7169203331-01`, 'nonsense']) await run(scene, 'getBook', { id: '1' }, { traceparent })
    seen.push(...scene.upstream.asked.map(({ headers }) => headers['traceparent']))
  })
  expect(seen[0]).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))
  expect(spans.filter((span) => span.traceId === traceId)).toEqual([])
  const fresh = spans.filter(({ name }) => name.endsWith('/run'))
  expect(new Set(fresh.map((span) => span.traceId)).size).toBe(3)
  expect(fresh.map(({ parentSpanId }) => parentSpanId || undefined)).toEqual([undefined, undefined, undefined])
})

test('probes and scrapes make no spans', async () => {
  const { spans } = await traced(async ({ hub }) => {
    for (const path of ['/healthz', '/readyz', '/metrics']) expect(await hub.call('GET', path)).toMatchObject({ status: 200 })
  })
  expect(spans.map(({ name }) => name)).toEqual(['POST /api/integration/register'])
})

test.each([
  ['is not there', undefined],
  ['refuses', (collector: Collector) => { collector.answer((response) => { response.writeHead(400).end('no') }) }],
  ['breaks connections', (collector: Collector) => { collector.answer((response) => { response.destroy() }) }],
])('a collector that %s hurts no call, is told of once in the log, and does not hold up the end', async (_what, prepare) => {
  const collector = await startCollector()
  prepare?.(collector)
  if (prepare === undefined) await collector.close()
  const { lines, replies } = await logged(collector.url, async (hub) => [await hub('GET', '/api/v1/integrations'), await hub('GET', '/api/v1/integrations')])
  if (prepare !== undefined) await collector.close()
  expect(replies).toEqual([200, 200])
  expect(lines.filter(({ msg }) => String(msg).includes('OpenTelemetry'))).toMatchObject([{ level: 40, reason: expect.any(String) }])
})

test('log lines of a request carry its trace and span ids, others none', async () => {
  const collector = await startCollector()
  const { lines } = await logged(collector.url, (hub) => hub('POST', '/api/v1/integrations', { name: 'x' }, caller).then((status) => [status]))
  const server = collector.spans().find((span) => span.traceId === traceId)
  await collector.close()
  expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({ requestId: expect.any(String), trace_id: traceId, span_id: server!.spanId })
  expect(lines.filter(({ trace_id: id }) => id !== undefined)).toHaveLength(1)
})

interface Line { level: number, msg: string, [key: string]: unknown }
type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<number>

/** A hub whose log lines are kept, closed at the end. */
async function logged(endpoint: string, work: (send: Send) => Promise<number[]>): Promise<{ lines: Line[], replies: number[] }> {
  const lines: Line[] = []
  const logger = pino({ level: 'debug' }, new Writable({ write(chunk: Buffer, _encoding, done) { lines.push(JSON.parse(String(chunk)) as Line); done() } }))
  const database = await createTestDatabase()
  const dataFolder = await mkdtemp(join(tmpdir(), 'interchange-telemetry-'))
  const key = 'a-key-for-the-log-of-telemetry'
  const config = readConfig({ DATABASE_URL: database.connectionString, INTERCHANGE_DATA: dataFolder, INTERCHANGE_PORT: '0', INTERCHANGE_API_KEY: key, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
  const hub = await startHub({ config, logger, role: 'serve' })
  let replies: number[] = []
  try {
    replies = await work(async (method, path, body, headers) => {
      const response = await fetch(hub.url + path, { method, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers }, ...body !== undefined && { body: JSON.stringify(body) } })
      await response.arrayBuffer()
      return response.status
    })
  } finally {
    await hub.close()
    await database.drop()
    await rm(dataFolder, { recursive: true, force: true })
  }
  return { lines, replies }
}

test('while the collector does not answer, spans are kept up to a bound, and dropped beyond it', async () => {
  const collector = await startCollector()
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => { release = resolve })
  collector.answer((response) => { void held.then(() => { response.writeHead(200, { 'content-type': 'application/json' }).end('{}') }) })
  const telemetry = startTelemetry({ endpoint: collector.url, logger: pino({ level: 'silent' }), environment: { OTEL_SERVICE_NAME: 'ours', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=a%20test, team = core' } })
  const loaded = { row: { tenantId: 't', id: 'i', connector: 'c' } } as unknown as Loaded
  for (let index = 0; index < 30_000; index += 1) telemetry.begin({ loaded, operation: 'op', number: 1 }).end(undefined)
  release()
  await telemetry.close()
  const sent = collector.spans().length
  await collector.close()
  // One batch is under way, sixteen wait.
  expect(sent).toBe(17 * 1024)
  expect(collector.resource()).toMatchObject({ 'service.name': 'ours', 'deployment.environment.name': 'a test', team: 'core' })
})

test('without an endpoint nothing is sent along to upstreams', async () => {
  const upstream = await startUpstream()
  try {
    await withHub(async (hub) => {
      const { body } = await hub.call('POST', '/api/integration/register', { name: 'Shop', type: 'openapi', config: { openAPISpec: shop(upstream.url) }, credentials: { key: canary } })
      await hub.call('POST', `/api/v1/integrations/${body.id}/run`, { operation: 'getBook', input: { id: '1' } }, { headers: caller })
    })
    expect(upstream.asked.at(-1)!.url).toContain('/books/1')
    expect(upstream.asked.flatMap(({ headers }) => Object.keys(headers)).filter((name) => /^trace|baggage/.test(name))).toEqual([])
  } finally {
    await upstream.close()
  }
})

test('without an endpoint nothing of the OpenTelemetry SDK is loaded', async () => {
  const database = await createTestDatabase()
  const dataFolder = await mkdtemp(join(tmpdir(), 'interchange-telemetry-'))
  const loadedWith = async (env: Record<string, string>): Promise<string[]> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL('loaded.fixture.ts', import.meta.url))], {
      env: { ...process.env, DATABASE_URL: database.connectionString, INTERCHANGE_DATA: dataFolder, INTERCHANGE_PORT: '0', INTERCHANGE_API_KEY: '', INTERCHANGE_LOG_LEVEL: 'silent', ...env },
    })
    return (JSON.parse(stdout) as { packages: string[] }).packages
  }
  try {
    // prom-client loads the bare API for exemplars, which we do not use.
    expect(await loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toEqual(['@opentelemetry/api'])
    expect(await loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })).toContain('@opentelemetry/sdk-trace-node')
  } finally {
    await database.drop()
    await rm(dataFolder, { recursive: true, force: true })
  }
})
