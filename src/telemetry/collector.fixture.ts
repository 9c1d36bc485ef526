/** A stand-in for an OpenTelemetry collector: takes OTLP over HTTP as JSON, and keeps what it was sent. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Value = { stringValue?: string, intValue?: number, boolValue?: boolean }
interface OtlpSpan { traceId: string, spanId: string, parentSpanId?: string, name: string, kind: number, attributes: { key: string, value: Value }[], status: { code: number } }
interface OtlpRequest { resourceSpans: { resource: { attributes: { key: string, value: Value }[] }, scopeSpans: { spans: OtlpSpan[] }[] }[] }

export interface SentSpan extends Omit<OtlpSpan, 'attributes' | 'kind'> { kind: 'server' | 'client' | 'other', attributes: Record<string, unknown> }

export interface Collector {
  url: string
  /** Every body as it came. */
  bodies: string[]
  /** Paths and content types that were asked. */
  asked: { path: string, contentType: string | undefined }[]
  spans(): SentSpan[]
  resource(): Record<string, unknown>
  /** Instead of 200. May be slow. */
  answer(handler: (response: ServerResponse) => void): void
  close(): Promise<void>
}

const kinds: Record<number, SentSpan['kind']> = { 2: 'server', 3: 'client' }

export async function startCollector(): Promise<Collector> {
  const bodies: string[] = []
  const asked: Collector['asked'] = []
  let handler = (response: ServerResponse): void => { response.writeHead(200, { 'content-type': 'application/json' }).end('{}') }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString('utf8'))
      asked.push({ path: request.url!, contentType: request.headers['content-type'] })
      handler(response)
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const requests = (): OtlpRequest[] => bodies.map((body) => JSON.parse(body) as OtlpRequest)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, asked,
    spans: () => requests().flatMap(({ resourceSpans }) => resourceSpans).flatMap(({ scopeSpans }) => scopeSpans).flatMap(({ spans }) => spans)
      .map(({ attributes, kind, ...span }) => ({ ...span, kind: kinds[kind] ?? 'other', attributes: flat(attributes) })),
    resource: () => flat(requests()[0]!.resourceSpans[0]!.resource.attributes),
    answer(next) { handler = next },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}

function flat(attributes: { key: string, value: Value }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value.boolValue]))
}
