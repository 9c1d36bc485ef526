/** Calls methods of gRPC services that are known by a .proto file or by the server's reflection. */
import type { Client, Metadata, ServiceError } from '@grpc/grpc-js'
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader'
import { LRUCache } from 'lru-cache'
import { HubError } from '../../errors.ts'
import { createChannels, MESSAGE_BYTES, type ChannelsOptions, type Target } from './channels.ts'
import { grpcFailure } from './failure.ts'
import { messageSchema } from './messages.ts'
import { definitionOfText, type ProtoSource } from './protos.ts'
import { reflectService, reflectServices } from './reflection.ts'

export interface GrpcCall extends Target {
  /** Its content's hash, and where the text is. Without one the server is asked to describe itself. */
  proto?: ProtoSource & { key: string }
  /** With its package: `acme.Orders`. */
  service: string
  method: string
  /** One, or for a method that takes a stream any number. */
  messages: Record<string, unknown>[]
  /** Names in lower case. */
  metadata: Record<string, string>
  timeoutMs: number
  signal: AbortSignal
}

export interface GrpcMethod { requestStream: boolean, responseStream: boolean }

export interface GrpcService {
  name: string
  /** Undefined where nobody asked for this one. */
  methods?: { name: string, input: Record<string, unknown> }[]
}

export interface Grpc {
  /**
   * The answer; of a method that answers a stream, all of them. Throws HubError: `invalid_document` for the .proto file,
   * `operation_not_found`, `invalid_input` for messages that don't fit, and gRPC's statuses as upstream errors with HTTP's status.
   */
  call(call: GrpcCall): Promise<unknown>
  /** How the method takes and answers. Throws as `call` does. */
  describe(call: Omit<GrpcCall, 'messages' | 'metadata'>): Promise<GrpcMethod>
  /** All services that are there, that of `service` with its methods and JSON Schemas of what they take. Throws as `call` does, but for a service that is not there. */
  listServices(call: Omit<GrpcCall, 'method' | 'messages' | 'metadata'>): Promise<GrpcService[]>
  close(): void
}

type Method = MethodDefinition<object, object>

const KEPT_MAX = 200
const PROTO_MS = 600_000
const REFLECTED_MS = 300_000
const STREAM_MESSAGES = 100_000

export function createGrpc(options: ChannelsOptions): Grpc {
  const channels = createChannels(options)
  const definitions = new LRUCache<string, PackageDefinition>({ max: KEPT_MAX })
  const definitionOf = async (call: Omit<GrpcCall, 'method' | 'messages' | 'metadata'>, client: Client): Promise<PackageDefinition> => {
    const key = call.proto?.key ?? `${call.tls} ${call.host}:${call.port} ${call.service}`
    const known = definitions.get(key)
    if (known !== undefined) return known
    const definition = call.proto === undefined
      ? await reflectService(client, call.service, { deadline: Date.now() + call.timeoutMs, signal: call.signal })
      : await definitionOfText(call.proto)
    definitions.set(key, definition, { ttl: call.proto === undefined ? REFLECTED_MS : PROTO_MS })
    return definition
  }
  const prepare = async (call: Omit<GrpcCall, 'messages' | 'metadata'>): Promise<{ client: Client, method: Method }> => {
    const client = await channels.open(call)
    try {
      return { client, method: findMethod(await definitionOf(call, client), call) }
    } catch (error) {
      throw grpcFailure(error, hostOf(call), call.signal)
    }
  }
  return {
    async call(call) {
      call.signal.throwIfAborted()
      const { client, method } = await prepare(call)
      checkNames(method, call.messages)
      try {
        return await invoke(client, method, call, await metadataOf(call.metadata))
      } catch (error) {
        throw grpcFailure(error, hostOf(call), call.signal)
      }
    },
    async describe(call) {
      const { method: { requestStream, responseStream } } = await prepare(call)
      return { requestStream, responseStream }
    },
    async listServices(call) {
      const client = await channels.open(call)
      try {
        const known = call.proto === undefined ? await reflectServices(client, { deadline: Date.now() + call.timeoutMs, signal: call.signal }) : undefined
        if (known !== undefined && !known.includes(call.service)) return known.map((name) => ({ name }))
        const definition = await definitionOf(call, client)
        return (known ?? servicesIn(definition)).map((name) => ({ name, ...name === call.service && { methods: methodsIn(definition, name) } }))
      } catch (error) {
        throw grpcFailure(error, hostOf(call), call.signal)
      }
    },
    close: () => { channels.close() },
  }
}

function hostOf({ host, port }: Target): string {
  return `${host}:${port}`
}

function findMethod(definition: PackageDefinition, { service, method }: Pick<GrpcCall, 'service' | 'method'>): Method {
  const found = Object.hasOwn(definition, service) ? definition[service]! : undefined
  if (found === undefined || 'format' in found) throw new HubError('operation_not_found', `There is no service ${service.slice(0, 200)}.`, { beforeSending: true })
  if (!Object.hasOwn(found, method)) throw new HubError('operation_not_found', `The service ${service} has no method ${method.slice(0, 200)}: it has ${Object.keys(found).slice(0, 20).join(', ')}.`, { beforeSending: true })
  return found[method] as Method
}

/** What has no format is a service. */
function servicesIn(definition: PackageDefinition): string[] {
  return Object.keys(definition).filter((name) => !('format' in definition[name]!))
}

function methodsIn(definition: PackageDefinition, service: string): NonNullable<GrpcService['methods']> {
  const methods = Object.hasOwn(definition, service) ? definition[service] as Record<string, Method> : {}
  return Object.entries(methods).map(([name, { requestType }]) => ({ name, input: messageSchema(definition, requestType, service) }))
}

/** Protocol buffers would drop what they don't know, without a word. */
function checkNames({ requestType }: Method, messages: Record<string, unknown>[]): void {
  const { field = [] } = (requestType.type ?? {}) as { field?: { name: string }[] }
  const known = new Set(field.map(({ name }) => name))
  for (const message of messages) {
    const unknown = Object.keys(message).find((name) => !known.has(name))
    if (unknown !== undefined) throw new HubError('invalid_input', `The message has no field ${unknown.slice(0, 100)}: it has ${[...known].slice(0, 30).join(', ') || 'none'}.`, { errors: [{ pointer: `/${unknown}`, detail: 'is not a field of the message' }], beforeSending: true })
  }
}

async function metadataOf(entries: Record<string, string>): Promise<Metadata> {
  const { Metadata } = await import('@grpc/grpc-js')
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value)
  return metadata
}

function invoke(client: Client, method: Method, { messages, timeoutMs, signal }: GrpcCall, metadata: Metadata): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize, requestStream, responseStream } = method
    const options = { deadline: Date.now() + timeoutMs }
    const done = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    const answered = (error: ServiceError | null, answer?: object): void => { done(() => { if (error === null) resolve(answer ?? null); else reject(error) }) }
    const first = messages[0] ?? {}
    const sending = (): { call: { cancel(): void }, writer?: Writer, reader?: Reader } => {
      if (requestStream && responseStream) {
        const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, options)
        return { call, writer: call, reader: call }
      }
      if (requestStream) {
        const call = client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, metadata, options, answered)
        return { call, writer: call }
      }
      if (!responseStream) return { call: client.makeUnaryRequest(path, requestSerialize, responseDeserialize, first, metadata, options, answered) }
      const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, first, metadata, options)
      return { call, reader: call }
    }
    const { call, writer, reader } = sending()
    const onAbort = (): void => { call.cancel() }
    signal.addEventListener('abort', onAbort, { once: true })
    if (reader !== undefined) collect(reader, call).then((all) => { done(() => { resolve(all) }) }, (error: unknown) => { done(() => { reject(error as Error) }) })
    if (writer !== undefined) {
      for (const message of messages) writer.write(message)
      writer.end()
    }
  })
}

interface Writer { write(message: object): unknown, end(): unknown }
type Reader = NodeJS.ReadableStream

/** All messages of a stream, as far as they fit into memory. */
function collect(stream: Reader, call: { cancel(): void }): Promise<object[]> {
  return new Promise((resolve, reject) => {
    const all: object[] = []
    let sizeBytes = 0
    stream.on('data', (message: object) => {
      all.push(message)
      sizeBytes += JSON.stringify(message).length
      if (all.length <= STREAM_MESSAGES && sizeBytes <= MESSAGE_BYTES) return
      reject(new HubError('upstream_response_too_large', `The stream is longer than the ${MESSAGE_BYTES} bytes or ${STREAM_MESSAGES} messages that are taken.`))
      call.cancel()
    })
    stream.on('end', () => { resolve(all) }).on('error', reject)
  })
}
