/** Asks a server for its own description: grpc.reflection.v1, and v1alpha where it has only that. */
import type { Client, ClientDuplexStream } from '@grpc/grpc-js'
import type { PackageDefinition, ServiceDefinition } from '@grpc/proto-loader'
import { HubError } from '../../errors.ts'
import { isServiceError } from './failure.ts'
import { definitionOfDescriptors, definitionOfText } from './protos.ts'

const MAX_FILES = 500
const UNIMPLEMENTED = 12

/** The part of the protocol that is used: https://github.com/grpc/grpc/blob/master/doc/server-reflection.md */
const protocol = (version: string): string => `
  syntax = "proto3";
  package grpc.reflection.${version};
  service ServerReflection { rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse); }
  message ServerReflectionRequest { string host = 1; oneof message_request { string file_by_filename = 3; string file_containing_symbol = 4; string list_services = 7; } }
  message ServerReflectionResponse { oneof message_response { FileDescriptorResponse file_descriptor_response = 4; ListServiceResponse list_services_response = 6; ErrorResponse error_response = 7; } }
  message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
  message ListServiceResponse { repeated ServiceResponse service = 1; }
  message ServiceResponse { string name = 1; }
  message ErrorResponse { int32 error_code = 1; string error_message = 2; }
`

export interface ReflectionOptions { deadline: number, signal: AbortSignal }

/** All files that a service needs. Throws HubError `operation_not_found` for a service that the server doesn't have, and what gRPC throws. */
export async function reflectService(client: Client, service: string, options: ReflectionOptions): Promise<PackageDefinition> {
  return withReflection(client, options, async (ask) => {
    const files = new Map<string, Buffer>()
    const missing = new Set<string>()
    const filesOf = async (request: Record<string, string>): Promise<string[]> => filesIn(await ask(request), request)
    const take = async (found: string[]): Promise<void> => {
      const { default: descriptor } = await import('protobufjs/ext/descriptor/index.js')
      for (const text of found) {
        const bytes = Buffer.from(text, 'base64')
        const { name, dependency } = descriptor.FileDescriptorProto.decode(bytes) as unknown as { name: string, dependency: string[] }
        files.set(name, bytes)
        missing.delete(name)
        for (const each of dependency) if (!files.has(each)) missing.add(each)
      }
    }
    await take(await filesOf({ file_containing_symbol: service }))
    for (let next = first(missing); next !== undefined; next = first(missing)) {
      if (files.size > MAX_FILES) throw new HubError('upstream_invalid_response', `The server describes itself in more than ${MAX_FILES} files.`)
      missing.delete(next)
      await take(await filesOf({ file_by_filename: next }))
    }
    return definitionOfDescriptors([...files.values()])
  })
}

/** Names of all services, that of reflection itself left out. Throws what gRPC throws. */
export async function reflectServices(client: Client, options: ReflectionOptions): Promise<string[]> {
  const { list_services_response: listed } = await withReflection(client, options, (ask) => ask({ list_services: '*' }))
  return (listed?.service ?? []).map(({ name }) => name).filter((name) => !name.startsWith('grpc.reflection.'))
}

function filesIn({ file_descriptor_response: found, error_response: error }: Answer, request: Record<string, string>): string[] {
  if (found !== undefined && found !== null) return found.file_descriptor_proto
  throw new HubError('operation_not_found', `The server does not describe ${Object.values(request)[0]!.slice(0, 200)}${error?.error_message === undefined ? '' : `: ${error.error_message.slice(0, 200)}`}.`)
}

interface Answer {
  list_services_response?: { service: { name: string }[] } | null
  file_descriptor_response?: { file_descriptor_proto: string[] } | null
  error_response?: { error_code: number, error_message: string } | null
}

type Ask = (request: Record<string, string>) => Promise<Answer>

async function withReflection<Result>(client: Client, options: ReflectionOptions, work: (ask: Ask) => Promise<Result>): Promise<Result> {
  try {
    return await ofVersion('v1', client, options, work)
  } catch (error) {
    if (!isServiceError(error) || error.code !== UNIMPLEMENTED) throw error
    return ofVersion('v1alpha', client, options, work)
  }
}

async function ofVersion<Result>(version: string, client: Client, { deadline, signal }: ReflectionOptions, work: (ask: Ask) => Promise<Result>): Promise<Result> {
  const definition = await definitionOfText({ text: protocol(version), readImport: () => Promise.resolve(undefined) })
  const { ServerReflectionInfo: method } = definition[`grpc.reflection.${version}.ServerReflection`] as ServiceDefinition
  const stream = client.makeBidiStreamRequest(method!.path, method!.requestSerialize, method!.responseDeserialize, { deadline }) as ClientDuplexStream<object, Answer>
  const onAbort = (): void => { stream.cancel() }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await work((request) => askOnce(stream, request))
  } finally {
    signal.removeEventListener('abort', onAbort)
    stream.on('error', () => undefined).end()
    stream.cancel()
  }
}

/** Questions go one after another, so that the next answer is the question's. */
function askOnce(stream: ClientDuplexStream<object, Answer>, request: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      stream.off('data', onData).off('error', onError).off('end', onEnd)
      settle()
    }
    const onData = (answer: Answer): void => { done(() => { resolve(answer) }) }
    const onError = (error: Error): void => { done(() => { reject(error) }) }
    const onEnd = (): void => { done(() => { reject(new HubError('upstream_invalid_response', 'The server broke off its description of itself.')) }) }
    stream.on('data', onData).on('error', onError).on('end', onEnd)
    stream.write(request)
  })
}

function first(set: ReadonlySet<string>): string | undefined {
  for (const each of set) return each
  return undefined
}
