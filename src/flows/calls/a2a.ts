/** `call: a2a`: the Agent2Agent protocol, as JSON-RPC over HTTP. */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { readBody } from '../../lib/http/body.ts'
import { contentTypeOf, readError, sentenceOf } from '../../lib/http/content.ts'
import type { HttpResponse } from '../../lib/http/http.ts'
import { readEvents } from '../../lib/http/server-sent-events.ts'
import type { Effect, EffectContext } from '../effect.ts'
import { fault } from '../fault.ts'
import { endpoint, externalResource, readArguments } from './arguments.ts'
import type { CallDeps } from './deps.ts'
import { httpUrl, readJsonObject } from './reading.ts'
import { readEndpoint, type Resources } from './resources.ts'
import { send } from './sending.ts'

const a2aArguments = z.object({
  method: z.enum(['message/send', 'message/stream', 'tasks/get', 'tasks/list', 'tasks/cancel', 'tasks/resubscribe', 'tasks/pushNotificationConfig/set', 'tasks/pushNotificationConfig/get', 'tasks/pushNotificationConfig/list', 'tasks/pushNotificationConfig/delete', 'agent/getAuthenticatedExtendedCard']),
  agentCard: externalResource.optional(),
  server: endpoint.optional(),
  parameters: z.record(z.string(), z.unknown()).default({}),
})
type A2aArguments = z.output<typeof a2aArguments>

const CARD_BYTES = 1024 * 1024
const ANSWER_BYTES = 16 * 1024 * 1024
/** Agents think. */
const TIMEOUT_MS = 300_000

type A2aDeps = Pick<CallDeps, 'http' | 'authentication'> & { resources: Resources }

export function createA2aCall(deps: A2aDeps): Effect {
  return async (given, context) => {
    const args = readArguments(a2aArguments, given, 'call: a2a')
    const { url, authentication } = await agentOf(deps, args, context)
    const body = JSON.stringify({ jsonrpc: '2.0', id: context.idempotencyKey, method: args.method, params: paramsOf(args, context) })
    const headers = { 'content-type': 'application/json', 'accept': 'application/json, text/event-stream', 'idempotency-key': context.idempotencyKey }
    const { response } = await send(deps, { method: 'POST', url, headers, body, redirect: false, authentication, timeoutMs: TIMEOUT_MS }, context)
    return readResult(response, args.method)
  }
}

/** The card's own credential goes on to an agent at the same origin only: elsewhere nobody said that it may. */
async function agentOf({ resources }: A2aDeps, { agentCard, server }: A2aArguments, context: EffectContext): Promise<ReturnType<typeof readEndpoint>> {
  if (agentCard === undefined) {
    if (server === undefined) throw fault('configuration', 'An A2A call needs agentCard or server.')
    return readEndpoint(server, context.input)
  }
  const card = await resources.load(agentCard, context, { maxBytes: CARD_BYTES, accept: 'application/json' })
  const { url: address, preferredTransport = 'JSONRPC', additionalInterfaces } = readJsonObject(card.bytes.toString('utf8'))
  const interfaces = [{ transport: preferredTransport, url: address }, ...Array.isArray(additionalInterfaces) ? additionalInterfaces as { transport?: unknown, url?: unknown }[] : []]
  const found = interfaces.find(({ transport, url }) => transport === 'JSONRPC' && typeof url === 'string')
  if (found === undefined) throw fault('configuration', 'The agent card names no address that speaks JSON-RPC.')
  const url = httpUrl(new URL(String(found.url), card.url).href)
  const { url: asked, authentication } = readEndpoint(agentCard.endpoint, context.input)
  return { url: url.href, authentication: url.origin === new URL(asked).origin ? authentication : undefined }
}

/** Messages get an id, the same over attempts, and are the user's unless they say otherwise. */
function paramsOf({ method, parameters }: A2aArguments, { idempotencyKey }: EffectContext): Record<string, unknown> {
  if (method !== 'message/send' && method !== 'message/stream') return parameters
  const message = (parameters['message'] ?? {}) as Record<string, unknown>
  return { ...parameters, message: { kind: 'message', messageId: idempotencyKey || randomUUID(), role: 'user', ...message } }
}

/** Of a stream all results, in their order. */
async function readResult(response: HttpResponse, method: string): Promise<unknown> {
  const { host } = new URL(response.url)
  if (response.status < 200 || response.status >= 300) throw fault('communication', `${host} answered ${response.status}${sentenceOf(await readError(response))}`, { status: response.status })
  const streams = method === 'message/stream' || method === 'tasks/resubscribe'
  if (contentTypeOf(response) !== 'text/event-stream') {
    const result = resultOf(host, (await readBody(response, { maxBytes: ANSWER_BYTES })).toString('utf8'))
    return streams ? [result] : result
  }
  const results: unknown[] = []
  let sizeBytes = 0
  for await (const { data } of readEvents(Readable.toWeb(response.body) as ReadableStream<Uint8Array>)) {
    sizeBytes += data.length
    if (sizeBytes > ANSWER_BYTES) throw fault('communication', `${host} streams more than ${ANSWER_BYTES} bytes.`)
    if (data !== '') results.push(resultOf(host, data))
  }
  return streams ? results : results.at(-1) ?? null
}

function resultOf(host: string, text: string): unknown {
  const { error, result } = readJsonObject(text) as { error?: { code?: unknown, message?: unknown }, result?: unknown }
  if (error !== undefined) throw fault('runtime', `${host} answered: ${String(error.message ?? 'an error').slice(0, 500)} (${String(error.code)})`)
  if (result === undefined) throw fault('communication', `${host} did not answer in JSON-RPC.`)
  return result
}
