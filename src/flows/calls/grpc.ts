/** `call: grpc`. */
import { z } from 'zod'
import type { Grpc } from '../../catalog/grpc/client.ts'
import { isHubError } from '../../errors.ts'
import type { Effect, EffectContext } from '../effect.ts'
import { fault } from '../fault.ts'
import { authentication, externalResource, readArguments, type ExternalResource } from './arguments.ts'
import type { CallDeps } from './deps.ts'
import { readEndpoint, type Resource, type Resources } from './resources.ts'
import { REQUEST_TIMEOUT_MS } from './sending.ts'

export const grpcArguments = z.object({
  proto: externalResource,
  service: z.object({
    name: z.string().min(1),
    host: z.string().regex(/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/, 'is not a host'),
    port: z.number().int().min(1).max(65_535).optional(),
    authentication: authentication.optional(),
  }),
  method: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()).default({}),
})
type GrpcArguments = z.output<typeof grpcArguments>

const PROTO_BYTES = 4 * 1024 * 1024
/** The DSL has no word for TLS. */
export const TLS_PORTS = new Set([443, 8443])

export function createGrpcCall({ grpc, resources, authentication }: Pick<CallDeps, 'authentication'> & { grpc: Grpc, resources: Resources }): Effect {
  return async (given, context) => {
    const args = readArguments(grpcArguments, given, 'call: grpc')
    const { service: { name: service, host, port = 443 }, method } = args
    const proto = isReflection(args.proto) ? undefined : await loadProto(resources, args.proto, context)
    const target = { host, port, tls: TLS_PORTS.has(port), service, method, ...proto !== undefined && { proto }, timeoutMs: REQUEST_TIMEOUT_MS, signal: context.signal }
    const { requestStream } = await grpc.describe(target)
    return grpc.call({ ...target, messages: messagesOf(args, requestStream), metadata: await metadataOf(authentication, args, context) })
  }
}

/** `reflection://…`: the server describes itself. */
export function isReflection({ endpoint }: ExternalResource): boolean {
  return (typeof endpoint === 'string' ? endpoint : endpoint.uri).startsWith('reflection:')
}

export async function loadProto(resources: Resources, proto: ExternalResource, context: EffectContext): Promise<{ key: string, text: string, readImport(name: string): Promise<string | undefined> }> {
  const main = await resources.load(proto, context, { maxBytes: PROTO_BYTES })
  return { key: `${main.sha256} ${main.url}`, text: main.bytes.toString('utf8'), readImport: (name) => readImport(resources, { proto, main, name }, context) }
}

/** Beside the main file, on the same server and nowhere else; with the same credential. */
async function readImport(resources: Resources, { proto: { endpoint }, main, name }: { proto: ExternalResource, main: Resource, name: string }, context: EffectContext): Promise<string | undefined> {
  const url = URL.parse(name, main.url)
  // Of a redirected file's neighbours nobody said that they may have the credential.
  if (url === null || url.origin !== new URL(main.url).origin || url.origin !== new URL(readEndpoint(endpoint, context.input).url).origin) return undefined
  const authentication = typeof endpoint === 'string' ? undefined : endpoint.authentication
  try {
    const imported = await resources.load({ endpoint: { uri: url.href, ...authentication !== undefined && { authentication } } }, context, { maxBytes: PROTO_BYTES })
    return imported.bytes.toString('utf8')
  } catch (error) {
    if (isHubError(error, 'upstream_rejected')) return undefined
    throw error
  }
}

/** A method that takes a stream gets what `messages` lists, or the arguments as its one message. */
function messagesOf({ arguments: given }: GrpcArguments, requestStream: boolean): Record<string, unknown>[] {
  const { messages } = given
  if (!requestStream || !Array.isArray(messages)) return [given]
  return messages as Record<string, unknown>[]
}

async function metadataOf(authentication: CallDeps['authentication'], { service }: GrpcArguments, context: EffectContext): Promise<Record<string, string>> {
  const metadata: Record<string, string> = { 'idempotency-key': context.idempotencyKey }
  if (service.authentication === undefined) return metadata
  const { scheme, parameter } = await authentication.resolveEvaluated(service.authentication, context)
  if (parameter === '') throw fault('configuration', `gRPC knows no ${scheme} authentication.`)
  return { ...metadata, authorization: `${scheme} ${parameter}` }
}
