/** `call: asyncapi`. */
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { AsyncApi, ChannelCall } from '../../catalog/asyncapi/client.ts'
import { readAsyncApi, type AsyncApiChannel, type AsyncApiDocument } from '../../catalog/asyncapi/document.ts'
import type { Inbound } from '../../catalog/asyncapi/protocol.ts'
import { durationMs } from '../duration.ts'
import type { Effect, EffectContext } from '../effect.ts'
import { fault } from '../fault.ts'
import { authentication, duration, externalResource, readArguments, texts } from './arguments.ts'
import type { CallDeps } from './deps.ts'
import type { Resource, Resources } from './resources.ts'

const expression = z.union([z.string(), z.boolean()])

const asyncApiArguments = z.object({
  document: externalResource,
  channel: z.string().optional(),
  operation: z.string().optional(),
  server: z.object({ name: z.string(), variables: texts.default({}) }).optional(),
  protocol: z.string().optional(),
  message: z.object({ payload: z.unknown().optional(), headers: texts.default({}) }).optional(),
  subscription: z.object({
    filter: expression.optional(),
    consume: z.object({ amount: z.number().int().min(1).optional(), for: duration.optional(), while: expression.optional(), until: expression.optional() }),
    foreach: z.unknown().optional(),
  }).optional(),
  authentication: authentication.optional(),
})
type AsyncApiArguments = z.output<typeof asyncApiArguments>
type Subscription = NonNullable<AsyncApiArguments['subscription']>

const DOCUMENT_BYTES = 4 * 1024 * 1024
/** Of what one subscription outputs. */
const MESSAGES_MAX = 10_000
const OUTPUT_BYTES = 16 * 1024 * 1024

export interface AsyncApiDeps extends Pick<CallDeps, 'authentication'> { asyncApi: AsyncApi, resources: Resources }

export function createAsyncApiCall({ asyncApi, resources, authentication }: AsyncApiDeps): Effect {
  const documents = new LRUCache<string, AsyncApiDocument>({ max: 100 })
  const open = (resource: Resource): AsyncApiDocument => {
    const known = documents.get(resource.sha256)
    if (known !== undefined) return known
    const document = readAsyncApi(resource.bytes, { contentType: resource.contentType, sourceUrl: resource.url })
    documents.set(resource.sha256, document)
    return document
  }
  return async (given, context) => {
    const args = readArguments(asyncApiArguments, given, 'call: asyncapi')
    const document = open(await resources.load(args.document, context, { maxBytes: DOCUMENT_BYTES, accept: 'application/json, application/yaml;q=0.9, */*;q=0.5' }))
    const call: ChannelCall = {
      channel: findChannel(document, args), server: args.server, protocol: args.protocol, credential: await credentialOf(authentication, args, context), signal: context.signal,
      parameters: typeof context.input === 'object' && context.input !== null ? context.input as Record<string, unknown> : {},
    }
    const { message, subscription } = args
    if (subscription !== undefined) return consume(asyncApi, call, subscription, context)
    if (message === undefined) throw fault('configuration', 'An AsyncAPI call needs message or subscription.')
    const sent = { payload: message.payload ?? null, headers: message.headers }
    await asyncApi.publish(call, sent)
    return sent
  }
}

function findChannel(document: AsyncApiDocument, { operation, channel }: AsyncApiArguments): AsyncApiChannel {
  const found = operation === undefined ? undefined : document.findOperation(operation)
  const on = found ?? (channel === undefined ? undefined : document.findChannel(channel))
  if (on !== undefined) return on
  throw fault('configuration', operation === undefined && channel === undefined ? 'An AsyncAPI call needs an operation, or a channel.' : `The document has no ${operation === undefined ? 'channel' : 'operation'} ${String(operation ?? channel).slice(0, 200)}.`)
}

async function credentialOf(authentication: CallDeps['authentication'], { authentication: policy }: AsyncApiArguments, context: EffectContext): Promise<ChannelCall['credential']> {
  if (policy === undefined) return undefined
  const { scheme, parameter, policy: resolved } = await authentication.resolveEvaluated(policy, context)
  if (parameter === '') throw fault('configuration', `Messages know no ${scheme} authentication.`)
  const { basic } = resolved as { basic?: { username: string, password: string } }
  return { header: `${scheme} ${parameter}`, ...basic === undefined ? { token: parameter } : { user: basic.username, password: basic.password } }
}

/** All messages that passed the filter, in their order; what `foreach` made of each, where there is one. */
async function consume(asyncApi: AsyncApi, call: ChannelCall, subscription: Subscription, context: EffectContext): Promise<unknown[]> {
  const { consume: { amount, for: period }, foreach } = subscription
  const ended = new AbortController()
  const timer = period === undefined ? undefined : setTimeout(() => { ended.abort() }, durationMs(period))
  const outputs: unknown[] = []
  let sizeBytes = 0
  try {
    for await (const { taken, ...message } of asyncApi.subscribe({ ...call, signal: AbortSignal.any([context.signal, ended.signal]) })) {
      if (ended.signal.aborted) break
      if (!await passes(subscription.filter, message, context)) {
        taken?.()
        continue
      }
      if (!await passes(subscription.consume.while, message, context)) break
      const output = foreach === undefined ? message : await eachOf(context, message, outputs.length)
      outputs.push(output)
      taken?.()
      sizeBytes += JSON.stringify(output ?? null).length
      if (outputs.length > MESSAGES_MAX || sizeBytes > OUTPUT_BYTES) throw fault('runtime', `The subscription took more than ${MESSAGES_MAX} messages or ${OUTPUT_BYTES} bytes.`)
      if (outputs.length === amount) break
      if (subscription.consume.until !== undefined && await passes(subscription.consume.until, message, context)) break
    }
  } catch (error) {
    // The time for consuming is over: no failure, whatever it broke off.
    if (!ended.signal.aborted || context.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
  context.signal.throwIfAborted()
  return outputs
}

async function passes(condition: string | boolean | undefined, message: Inbound, context: EffectContext): Promise<boolean> {
  if (condition === undefined || typeof condition === 'boolean') return condition ?? true
  const result = await context.evaluate(condition, message)
  return result !== null && result !== false
}

function eachOf({ each }: EffectContext, message: Inbound, index: number): Promise<unknown> {
  if (each === undefined) throw fault('configuration', 'A subscription with foreach cannot be consumed here.')
  return each(message, index)
}
