/** Messages as requests; a subscription reads a stream of server-sent events, of lines of JSON, or one answer. */
import { Readable } from 'node:stream'
import { HubError } from '../../../errors.ts'
import { readBody } from '../../../lib/http/body.ts'
import { contentTypeOf, readError, sentenceOf } from '../../../lib/http/content.ts'
import type { HttpResponse } from '../../../lib/http/http.ts'
import { linesOf, readEvents } from '../../../lib/http/server-sent-events.ts'
import { decodePayload, encodePayload } from '../payload.ts'
import { MESSAGE_BYTES, TIMEOUT_MS, type Inbound, type Place, type Protocol, type ProtocolDeps } from '../protocol.ts'

export const http: Protocol = {
  names: ['http', 'https'],
  async publish({ http: client }, place, { payload, headers }) {
    const method = typeof place.binding['method'] === 'string' ? place.binding['method'].toUpperCase() : 'POST'
    const response = await client.request({
      method, url: urlOf(place), headers: { 'content-type': typeof payload === 'string' ? 'text/plain; charset=utf-8' : 'application/json', ...headers, ...authorization(place) },
      body: encodePayload(payload), signal: place.signal, timeoutMs: TIMEOUT_MS, maxRedirects: 0,
    })
    if (response.status < 200 || response.status >= 300) throw await refusal(response)
    response.body.on('error', () => undefined).destroy()
  },
  async* subscribe(deps, place) {
    yield* read(deps, place)
  },
}

async function* read({ http: client }: ProtocolDeps, place: Place): AsyncGenerator<Inbound, void, undefined> {
  const response = await client.request({ method: 'GET', url: urlOf(place), headers: { accept: 'text/event-stream, application/x-ndjson;q=0.9, application/json;q=0.8, */*;q=0.5', ...authorization(place) }, signal: place.signal, timeoutMs: TIMEOUT_MS, maxRedirects: 0 })
  if (response.status < 200 || response.status >= 300) throw await refusal(response)
  const type = contentTypeOf(response)
  const stream = (): ReadableStream<Uint8Array> => Readable.toWeb(response.body) as ReadableStream<Uint8Array>
  try {
    if (type === 'text/event-stream') {
      for await (const { name, data, id } of readEvents(stream())) if (data !== '') yield { payload: decodePayload(Buffer.from(data)), headers: { event: name, ...id !== undefined && { id } } }
    } else if (/ndjson|jsonl|json-seq/.test(type)) {
      for await (const line of linesOf(stream())) if (line.trim() !== '') yield { payload: decodePayload(Buffer.from(line)) }
    } else yield { payload: decodePayload(await readBody(response, { maxBytes: MESSAGE_BYTES, signal: place.signal })), headers: { 'content-type': type } }
  } finally {
    response.body.on('error', () => undefined).destroy()
  }
}

function urlOf({ protocol, server, channel }: Place): string {
  return `${protocol}://${server.replace(/\/+$/, '')}/${channel.replace(/^\/+/, '')}`
}

function authorization({ credential }: Place): { authorization?: string } {
  return credential === undefined ? {} : { authorization: credential.header }
}

async function refusal(response: HttpResponse): Promise<HubError> {
  const said = response.status < 400 ? '.' : sentenceOf(await readError(response))
  if (response.status < 400) response.body.on('error', () => undefined).destroy()
  return new HubError(response.status >= 500 ? 'upstream_unavailable' : 'upstream_rejected', `${new URL(response.url).host} answered ${response.status}${said}`, { upstreamStatus: response.status })
}
