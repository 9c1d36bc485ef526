/**
 * What a call needs of an AsyncAPI document of version 2 or 3: its servers, and which channel an operation is on. Read here and not by the official
 * parser, which fetches references from files and the network by itself; references to other documents are refused.
 */
import { HubError } from '../../errors.ts'
import { parseSource } from '../openapi/parse/parse.ts'

type Json = Record<string, unknown>

export interface AsyncApiServer {
  name: string
  protocol: string
  /** Host, port and path, with `{variables}`. */
  address: string
  variables: Record<string, { default?: string, enum?: string[] }>
}

export interface AsyncApiChannel {
  /** With `{parameters}`. */
  address: string
  parameters: Record<string, { default?: string }>
  /** Of the servers those that it is on; all where the document doesn't say. */
  servers: AsyncApiServer[]
  /** By protocol, of channel and operation together. */
  bindings: Record<string, Json>
}

export interface AsyncApiDocument {
  /** By an operation's name (version 3) or `operationId` (version 2). */
  findOperation(name: string): AsyncApiChannel | undefined
  /** By a channel's name, or its address. */
  findChannel(name: string): AsyncApiChannel | undefined
  /** What may be called, and of what it says is sent there a JSON Schema without references. */
  list(): AsyncApiListed[]
}

export interface AsyncApiListed {
  kind: 'operation' | 'channel'
  name: string
  summary: string
  payload(): Json | undefined
}

const MAX_BYTES = 4 * 1024 * 1024
const MAX_REFERENCES = 20
/** Steps into a schema, two a field. */
const MAX_INLINED = 12

/** Throws HubError `invalid_document`. */
export function readAsyncApi(bytes: Uint8Array, hints: { contentType?: string | undefined, sourceUrl?: string }): AsyncApiDocument {
  if (bytes.length > MAX_BYTES) throw invalid(`It is larger than ${MAX_BYTES} bytes.`)
  const root = parseSource(bytes, hints).value
  if (!isObject(root)) throw invalid('It is no object.')
  const version = String(root['asyncapi'] ?? '')
  if (version.startsWith('3.')) return readVersion3(root)
  if (version.startsWith('2.')) return readVersion2(root)
  throw invalid(version === '' ? 'It does not say which version of AsyncAPI it is written in.' : `It is written in AsyncAPI ${version.slice(0, 20)}; 2 and 3 are read.`)
}

function readVersion3(root: Json): AsyncApiDocument {
  const servers = entriesOf(root, root['servers']).map(([name, server]) => serverOf(name, server, `${text(server['host']) ?? ''}${text(server['pathname']) ?? ''}`))
  const channels = entriesOf(root, root['channels'])
  const channelOf = (found: [string, Json] | undefined, operation: Json = {}): AsyncApiChannel | undefined => {
    if (found === undefined) return undefined
    const [name, channel] = found
    const on = listOf(channel['servers']).map((each) => nameOfReference(each))
    return { address: text(channel['address']) ?? name, ...partsOf(root, channel, operation), servers: on.length === 0 ? servers : servers.filter((server) => on.includes(server.name)) }
  }
  return {
    findOperation(name) {
      const operation = entriesOf(root, root['operations']).find(([each]) => each === name)?.[1]
      const reference = nameOfReference(operation?.['channel'])
      return operation === undefined ? undefined : channelOf(channels.find(([each]) => each === reference), operation)
    },
    findChannel: (name) => channelOf(channels.find(([each]) => each === name) ?? channels.find(([, { address }]) => address === name)),
    list: () => [
      ...entriesOf(root, root['operations']).map(([name, operation]) => listed(root, 'operation', name, operation, () => [...listOf(operation['messages']), ...entriesOf(root, (followed(root, operation['channel']) as Json | undefined)?.['messages']).map(([, each]) => each)])),
      ...channels.map(([name, channel]) => listed(root, 'channel', name, channel, () => entriesOf(root, channel['messages']).map(([, each]) => each))),
    ],
  }
}

function readVersion2(root: Json): AsyncApiDocument {
  const servers = entriesOf(root, root['servers']).map(([name, server]) => serverOf(name, server, (text(server['url']) ?? '').replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')))
  const channels = entriesOf(root, root['channels'])
  const channelOf = ([name, channel]: [string, Json], operation: Json): AsyncApiChannel => {
    const on = listOf(channel['servers'])
    return { address: name, ...partsOf(root, channel, operation), servers: on.length === 0 ? servers : servers.filter((server) => on.includes(server.name)) }
  }
  const operationsOf = ([, channel]: [string, Json]): Json[] => [channel['publish'], channel['subscribe']].filter(isObject)
  return {
    findOperation(name) {
      for (const channel of channels) for (const operation of operationsOf(channel)) if (operation['operationId'] === name) return channelOf(channel, operation)
      return undefined
    },
    findChannel(name) {
      const found = channels.find(([each]) => each === name)
      return found === undefined ? undefined : channelOf(found, operationsOf(found)[0] ?? {})
    },
    list: () => channels.flatMap((channel) => [
      ...operationsOf(channel).flatMap((operation) => (typeof operation['operationId'] === 'string' ? [listed(root, 'operation', operation['operationId'], operation, () => messagesIn(root, operation))] : [])),
      listed(root, 'channel', channel[0], channel[1], () => messagesIn(root, operationsOf(channel)[0] ?? {})),
    ]),
  }
}

/** The first that says what it holds. */
function listed(root: Json, kind: AsyncApiListed['kind'], name: string, of: Json, messages: () => unknown[]): AsyncApiListed {
  return {
    kind, name, summary: text(of['summary']) ?? text(of['title']) ?? text(of['description'])?.split('\n')[0] ?? '',
    payload() {
      const found = messages().map((each) => followed(root, each)).flatMap((message) => (isObject(message) ? [payloadOf(root, message['payload'])] : [])).find(isObject)
      return found === undefined ? undefined : inlined(root, found, 0) as Json
    },
  }
}

function messagesIn(root: Json, operation: Json): unknown[] {
  const message = followed(root, operation['message'])
  return isObject(message) && Array.isArray(message['oneOf']) ? message['oneOf'] : [message]
}

/** As it is, or with the format that it is written in. */
function payloadOf(root: Json, payload: unknown): unknown {
  const given = followed(root, payload)
  return isObject(given) && given['schemaFormat'] !== undefined ? followed(root, given['schema']) : given
}

/** Without references, which lead into the document; what is deeper than forms are takes anything. */
function inlined(root: Json, value: unknown, depth: number): unknown {
  if (depth > MAX_INLINED) return {}
  const here = followed(root, value)
  if (Array.isArray(here)) return here.map((each) => inlined(root, each, depth + 1))
  return isObject(here) ? Object.fromEntries(Object.entries(here).map(([name, each]) => [name, inlined(root, each, depth + 1)])) : here
}

function serverOf(name: string, { protocol, variables }: Json, address: string): AsyncApiServer {
  const read = isObject(variables) ? Object.entries(variables).filter((pair): pair is [string, Json] => isObject(pair[1])) : []
  return {
    name, address, protocol: (text(protocol) ?? '').toLowerCase(),
    variables: Object.fromEntries(read.map(([each, variable]) => [each, { ...typeof variable['default'] === 'string' && { default: variable['default'] }, ...Array.isArray(variable['enum']) && { enum: variable['enum'].map(String) } }])),
  }
}

function partsOf(root: Json, channel: Json, operation: Json): Pick<AsyncApiChannel, 'parameters' | 'bindings'> {
  const parameters = entriesOf(root, channel['parameters']).map(([name, { default: own, schema }]): [string, { default?: string }] => {
    const value = own ?? (isObject(schema) ? schema['default'] : undefined)
    return [name, typeof value === 'string' ? { default: value } : {}]
  })
  const bindings: Record<string, Json> = {}
  for (const part of [channel, operation]) for (const [protocol, binding] of entriesOf(root, part['bindings'])) bindings[protocol] = { ...bindings[protocol], ...binding }
  return { parameters: Object.fromEntries(parameters), bindings }
}

/** Named objects, references followed. */
function entriesOf(root: Json, value: unknown): [string, Json][] {
  const map = followed(root, value)
  return isObject(map) ? Object.entries(map).flatMap(([name, each]): [string, Json][] => {
    const object = followed(root, each)
    return isObject(object) ? [[name, object]] : []
  }) : []
}

function followed(root: Json, value: unknown): unknown {
  let current = value
  for (let times = 0; isObject(current) && typeof current['$ref'] === 'string'; times += 1) {
    const reference = current['$ref']
    if (!reference.startsWith('#/')) throw invalid(`It refers to ${reference.slice(0, 200)}: references lead within the document only.`)
    if (times > MAX_REFERENCES) throw invalid('Its references lead in a circle.')
    current = reference.slice(2).split('/').reduce<unknown>((at, part) => {
      const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
      return isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined
    }, root)
  }
  return current
}

function nameOfReference(value: unknown): string | undefined {
  const reference = isObject(value) ? value['$ref'] : undefined
  return typeof reference === 'string' ? reference.split('/').at(-1)?.replaceAll('~1', '/').replaceAll('~0', '~') : undefined
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function invalid(detail: string): HubError {
  return new HubError('invalid_document', `The AsyncAPI document is not valid. ${detail}`, { beforeSending: true })
}
