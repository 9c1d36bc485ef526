import type { CallHttpRequest } from '../../../connectors/connector.ts'
import type { ResolvedOperation } from '../types.ts'
import { chooseVariant, type BodyVariant } from './body.ts'
import type { InputParameter } from './input.ts'
import { isJson, isWildcard } from './media-type.ts'
import { promisesJson } from './output.ts'
import { cookieWriter, headerWriter, queryWriter } from './parameters.ts'
import { compilePath, pathValueOf } from './path.ts'
import { refuseInput } from './refuse.ts'
import type { Authorization } from './security.ts'

export interface RequestValues {
  input: unknown
  /** Without a slash at its end. */
  baseUrl: string
  authorization: Authorization
  idempotencyKey?: string | undefined
}

export type BuildRequest = (values: RequestValues) => CallHttpRequest

/** Everything that doesn't depend on a call is worked out here, once. */
export function requestBuilder(operation: ResolvedOperation, parameters: InputParameter[], variants: BodyVariant[]): BuildRequest {
  const within = (location: string) => parameters.filter(({ parameter }) => parameter.in === location)
  const writePath = compilePath(operation.path, within('path').map(({ parameter, key }) => pathValueOf(parameter, key)))
  const fixedInPath = new Map(within('path').filter(({ fixed }) => fixed !== undefined).map(({ key, fixed }) => [key, fixed]))
  const queries = [...within('query'), ...within('querystring')].map(queryWriter)
  const headers = within('header').map(headerWriter)
  const cookies = within('cookie').map(cookieWriter)
  const accept = acceptOf(operation)
  const expected = promisesJson(operation) ? { expectJson: true } : {}
  const { method } = operation
  return ({ input, baseUrl, authorization, idempotencyKey }) => {
    const given = typeof input === 'object' && input !== null ? input as Record<string, unknown> : {}
    const valueOf = (key: string): unknown => Object.hasOwn(given, key) ? given[key] : undefined
    const { path, query: fromPath } = writePath(key => valueOf(key) ?? fixedInPath.get(key))
    let query = fromPath
    for (const { key, fixed, write } of queries) {
      const value = valueOf(key) ?? fixed
      if (value !== undefined) query = joined(query, write(value))
    }
    query = joined(query, authorization.query)
    const sent: Record<string, string> = { accept }
    for (const { key, fixed, header, isIdempotencyKey, write } of headers) {
      const value = valueOf(key) ?? fixed ?? (isIdempotencyKey ? idempotencyKey : undefined)
      if (value !== undefined) sent[header] = write(value)
    }
    const cookie = [...cookies.map(({ key, fixed, write }) => written(valueOf(key) ?? fixed, write)), ...authorization.cookies].filter(text => text !== '')
    if (cookie.length > 0) sent['cookie'] = cookie.join('; ')
    const request: CallHttpRequest = { method, url: query === '' ? baseUrl + path : `${baseUrl}${path}?${query}`, headers: sent, ...expected }
    if (variants.length > 0) addBody(request, sent, valueOf('body'), valueOf('contentType'), variants)
    Object.assign(sent, authorization.headers)
    return request
  }
}

function joined(query: string, more: string): string {
  return query === '' ? more : more === '' ? query : `${query}&${more}`
}

function written(value: unknown, write: (value: unknown) => string): string {
  return value === undefined ? '' : write(value)
}

function addBody(request: CallHttpRequest, headers: Record<string, string>, body: unknown, contentType: unknown, variants: BodyVariant[]): void {
  if (body === undefined) return
  if (contentType !== undefined && typeof contentType !== 'string') return refuseInput('/contentType', 'must be text')
  const { contentType: type, content } = chooseVariant(variants, contentType).write(body, contentType)
  headers['content-type'] = type
  Object.assign(request, content)
}

/** The media types of the successful answers, JSON first. */
function acceptOf({ responses }: ResolvedOperation): string {
  const types = new Set(Object.keys(responses).filter(status => /^2|default/.test(status)).flatMap(status => Object.keys(responses[status]?.content ?? {})))
  const listed = [...types].filter(type => /^[\x20-\x7e]+\/[\x20-\x7e]+$/.test(type)).slice(0, 8)
  if (listed.every(isWildcard)) return '*/*'
  const sorted = [...listed.filter(isJson), ...listed.filter(type => !isJson(type))]
  return sorted.map((type, i) => i === 0 ? type : `${type};q=${(0.9 - i * 0.1).toFixed(1)}`).join(', ')
}
