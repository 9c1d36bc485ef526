import type { CredentialField, JsonSchema } from '../../connectors/connector.ts'
import { credentialFieldOf, readSchemes } from './credentials.ts'
import { dereferenced, operationsOf, type OperationPlace } from './normalise/path-parameters.ts'
import { isObject } from './normalise/reading.ts'
import type { ImportedDocument, ImportedOperation, Json, SecurityRequirement, SecurityScheme, Server } from './types.ts'

/** What is shown and asked for of a document, out of its normal form. */
export function describeDocument(normal: Json, specification: string, warnings: string[]): Omit<ImportedDocument, 'normalised'> {
  const info = normal['info'] as Json
  const servers = normal['servers'] as Server[]
  const { schemes, unsupported } = readSchemes(normal)
  const security = normal['security'] as SecurityRequirement[] | undefined ?? []
  const places = operationsOf(normal)
  const operations = places.map(place => summaryOf(place, security))
  const said = [...warnings, ...unsupported, ...undefinedSchemes(operations, schemes)]
  if (operations.length === 0) said.push('The document describes no operations')
  return {
    title: String(info['title']),
    version: String(info['version']),
    description: typeof info['description'] === 'string' ? info['description'] : typeof info['summary'] === 'string' ? info['summary'] : '',
    ...documentationOf(normal),
    specification,
    servers,
    operationServers: serversBelow(places, servers),
    securitySchemes: schemes,
    security: security.length > 0 ? security : commonSecurity(operations),
    credentialSchema: credentialSchemaOf(schemes, operations),
    configurationSchema: configurationSchemaOf(servers),
    operations: operations.map((operation, i) => ({ ...operation, hasRequestBody: hasBody(normal, places[i] as OperationPlace) })),
    warnings: said,
  }
}

function documentationOf(normal: Json): { documentation?: string } {
  const url = isObject(normal['externalDocs']) ? normal['externalDocs']['url'] : undefined
  return typeof url === 'string' && /^https?:\/\//.test(url) ? { documentation: url } : {}
}

const maxSummary = 200

function summaryOf({ method, path, item, operation }: OperationPlace, common: SecurityRequirement[]): ImportedOperation {
  const text = (key: string) => firstText(operation[key], item[key])
  const description = text('description')
  return {
    id: operation['operationId'] as string,
    summary: text('summary') ?? firstSentence(description) ?? `${method} ${path}`,
    ...(description !== undefined && { description }),
    ...(Array.isArray(operation['tags']) && { tags: operation['tags'] as string[] }),
    ...(operation['deprecated'] === true && { deprecated: true }),
    method,
    path,
    hasRequestBody: false,
    security: operation['security'] as SecurityRequirement[] | undefined ?? common,
    resolvable: operation['x-unusable'] === undefined,
  }
}

function firstText(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value.trim() !== '')
}

/** Of texts that are often HTML or Markdown. */
export function firstSentence(description: string | undefined): string | undefined {
  if (description === undefined) return undefined
  const text = description.replaceAll(/<[^>]{0,200}>/g, ' ').replaceAll(/\s+/g, ' ').trim()
  const sentence = /^.{10,}?[.!?](?= [A-Z]|$)/.exec(text.slice(0, 400))?.[0] ?? text
  return sentence === '' ? undefined : sentence.slice(0, maxSummary)
}

function hasBody(normal: Json, { operation }: OperationPlace): boolean {
  const content = dereferenced(normal, operation['requestBody'])?.['content']
  return isObject(content) && Object.keys(content).length > 0
}

/** Servers of single paths or operations: calls go there, and credentials with them. */
function serversBelow(places: OperationPlace[], common: Server[]): Server[] {
  const known = new Set(common.map(({ url }) => url))
  const found: Server[] = []
  for (const { item, operation } of places) {
    for (const server of [...operation['servers'] as Server[] | undefined ?? [], ...item['servers'] as Server[] | undefined ?? []]) {
      if (known.has(server.url)) continue
      known.add(server.url)
      found.push(server)
    }
  }
  return found
}

/** Where the document has no security of its own: what its operations ask for, the most frequent first. */
function commonSecurity(operations: ImportedOperation[]): SecurityRequirement[] {
  const counts = new Map<string, { requirement: SecurityRequirement, count: number }>()
  for (const requirement of operations.flatMap(({ security }) => security)) {
    const key = Object.keys(requirement).join(' ')
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { requirement, count: 1 })
    else known.count++
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).slice(0, 10).map(({ requirement }) => requirement)
}

function undefinedSchemes(operations: ImportedOperation[], schemes: Record<string, SecurityScheme>): string[] {
  const names = new Set(operations.flatMap(({ security }) => security.flatMap(requirement => Object.keys(requirement))))
  return [...names].filter(name => !Object.hasOwn(schemes, name)).slice(0, 20)
    .map(name => `Operations ask for the security scheme ${name.slice(0, 80)}, which the document does not describe`)
}

/** A field is required when no operation can be called without it. */
function credentialSchemaOf(schemes: Record<string, SecurityScheme>, operations: ImportedOperation[]): Record<string, CredentialField> {
  const fields: Record<string, CredentialField> = {}
  for (const [name, scheme] of Object.entries(schemes)) {
    const needed = (requirements: SecurityRequirement[]) => requirements.length > 0 && requirements.every(requirement => Object.hasOwn(requirement, name))
    const required = operations.length > 0 && operations.every(({ security }) => needed(security))
    const field = credentialFieldOf(name, scheme, required)
    if (field !== undefined) fields[name] = field
  }
  return fields
}

function configurationSchemaOf(servers: Server[]): JsonSchema {
  const properties: Record<string, JsonSchema> = {
    baseUrl: {
      type: 'string', format: 'uri', title: 'Base URL', pattern: '^https?://',
      description: 'Takes the place of the document\'s servers, for instance https://api.example.com/v1.',
    },
  }
  const required: string[] = []
  const urls = [...new Set(servers.map(({ url }) => url))]
  if (urls.length > 1) properties['server'] = { type: 'string', title: 'Server', enum: urls, default: urls[0] }
  const variables = variablesSchema(servers)
  if (variables !== undefined) properties['serverVariables'] = variables
  if (urls.every(url => url.startsWith('/'))) required.push('baseUrl')
  return { type: 'object', additionalProperties: false, properties, ...(required.length > 0 && { required }) }
}

function variablesSchema(servers: Server[]): JsonSchema | undefined {
  const properties: Record<string, JsonSchema> = {}
  for (const { variables = {} } of servers) {
    for (const [name, variable] of Object.entries(variables)) {
      const known = properties[name]
      const values = variable.enum === undefined || (known !== undefined && known['enum'] === undefined)
        ? undefined
        : [...new Set([...known?.['enum'] as string[] | undefined ?? [], ...variable.enum])]
      properties[name] = {
        type: 'string', title: name,
        ...(values !== undefined && { enum: values }),
        ...(known?.['default'] !== undefined ? { default: known['default'] } : variable.default !== '' && { default: variable.default }),
        ...(variable.description !== undefined && { description: variable.description }),
      }
    }
  }
  return Object.keys(properties).length === 0 ? undefined : { type: 'object', title: 'Server variables', additionalProperties: false, properties }
}
