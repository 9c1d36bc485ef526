/** From a small document to a callable operation, without the worker. */
import type { CallHttpRequest, OperationCall } from '../../../connectors/connector.ts'
import { compileOperation, type BuildOptions, type CompiledOperation } from '../compile/operation.ts'
import { openDocument, resolve } from '../resolve/resolve.ts'
import type { Json, ResolvedOperation } from '../types.ts'
import { importNow, type ImportReply, type ImportRequest } from '../worker-tasks.ts'

export function imported(document: Json | string, options: Omit<ImportRequest, 'bytes'> = {}): ImportReply & { normal: Json } {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  const reply = importNow({ bytes: new TextEncoder().encode(text), ...options })
  return { ...reply, normal: JSON.parse(new TextDecoder().decode(reply.normalised)) as Json }
}

/** An OpenAPI 3.1 document around some paths. */
export function documentOf(paths: Json, rest: Json = {}): Json {
  return { openapi: '3.1.0', info: { title: 'Test', version: '1' }, servers: [{ url: 'https://api.example.com/v1' }], paths, ...rest }
}

export function resolved(document: Json | string, id: string, options?: Omit<ImportRequest, 'bytes'>): ResolvedOperation {
  return resolve(openDocument(imported(document, options).normal), id)
}

export function compiled(document: Json | string, id: string): CompiledOperation {
  const reply = imported(document)
  return compileOperation(resolve(openDocument(reply.normal), id), { securitySchemes: reply.securitySchemes })
}

/** The request that an input makes, with the input checked as a call would. */
export function requestFor(operation: CompiledOperation, input: unknown, options: Partial<BuildOptions> = {}): ReturnType<CompiledOperation['buildRequest']> {
  operation.validateInput(input)
  return operation.buildRequest({ input, credentials: {}, configuration: {}, ...options })
}

/** A call's context whose HTTP notes what it is asked for and answers `done`. */
export function callOf(rest: Partial<OperationCall>, seen: CallHttpRequest[] = []): OperationCall {
  return {
    input: {}, configuration: {}, credentials: {}, signal: new AbortController().signal,
    resolveHost: host => Promise.resolve(host),
    tokens: { get: () => Promise.reject(new Error('no token was expected')) },
    http: {
      request(request) {
        seen.push(request)
        return Promise.resolve({ status: 200, headers: {}, data: 'done' })
      },
      stream: () => Promise.reject(new Error('no stream was expected')),
    },
    ...rest,
  }
}
