import { HubError } from '../../../errors.ts'
import { limits } from '../parse/limits.ts'
import type { ParsedSource } from '../parse/parse.ts'
import type { Json } from '../types.ts'
import { objectOrReference, readExample, readHeader, readMediaType, readRequestBody, readResponse } from './content.ts'
import { markMultiSegment } from './google.ts'
import { nameOperations } from './names.ts'
import { readParameter } from './parameter.ts'
import { fitPathParameters, operationsOf } from './path-parameters.ts'
import { pathReader3, readPaths, type PathReader } from './paths.ts'
import { assign, isObject, kindOf, listAt, objectAt, Problems, readMap, textAt, type Dialect, type Reading } from './reading.ts'
import { linkReferences, unknownAddress, type BrokenReference } from './references.ts'
import { absolute, readSchema } from './schema.ts'
import { readSecurity, readSecurityScheme } from './security.ts'
import { readServers } from './servers.ts'
import { pathReader2, readSwagger2Components, readSwagger2Servers } from './swagger2.ts'
import { markUnusable } from './usability.ts'

export interface NormalDocument {
  /** An OpenAPI 3.2 document whose references are all local and lead somewhere, and whose operations have unique ids. */
  normal: Json
  specification: string
  warnings: string[]
}

/** Throws HubError `invalid_document` with all faults found, each with its pointer into the document as it was given. */
export function normalise(parsed: ParsedSource, sourceUrl: string | undefined): NormalDocument {
  const source = parsed.value
  if (!isObject(source)) throw invalid([{ pointer: '', detail: `must be an object, not ${kindOf(source)}` }], parsed)
  const { specification, dialect } = versionOf(source, parsed)
  const documentUrl = httpUrl(sourceUrl)
  const address = (documentUrl ?? unknownAddress).replace(/#.*$/s, '')
  const self = typeof source['$self'] === 'string' ? absolute(source['$self'], address) : address
  const problems = new Problems()
  const reading: Reading = {
    dialect, source, problems, references: [], identifiers: new Map(), resource: { pointer: '', uri: self },
  }
  const normal = readDocument(reading, source, documentUrl)
  if (problems.errors.length > 0) throw invalid(problems.errors, parsed)
  if (operationsOf(normal).length > limits.maxOperations) throw invalid([{ pointer: '/paths', detail: `must have no more than ${limits.maxOperations} operations` }], parsed)
  const broken = linkReferences(reading, normal, [self, address])
  if (problems.errors.length > 0) throw invalid(problems.errors, parsed)
  for (const { use, reason } of broken) problems.warn(use.pointer, reason)
  fitPathParameters(normal, problems)
  nameOperations(normal, problems)
  markMultiSegment(normal)
  refuseUnusable(normal, broken, parsed)
  return { normal, specification, warnings: [...parsed.warnings, ...problems.warnings] }
}

/** One unusable operation is a warning; a document of nothing else is of no use to anybody. */
function refuseUnusable(normal: Json, broken: BrokenReference[], parsed: ParsedSource): void {
  const unusable = markUnusable(normal, broken)
  if (unusable === 0 || unusable < operationsOf(normal).length) return
  throw invalid(broken.slice(0, 50).map(({ use, reason }) => ({ pointer: use.pointer.slice(0, 1000), detail: reason })), parsed)
}

function invalid(errors: { pointer: string, detail: string }[], parsed: ParsedSource): HubError {
  const located = errors.map(({ pointer, detail }) => {
    const place = parsed.locate(pointer)
    return { pointer, detail: place === undefined ? detail : `${detail} (${place})` }
  })
  const [first] = located
  return new HubError('invalid_document', `The document is not a valid OpenAPI document: ${first?.pointer || 'it'} ${first?.detail ?? ''}`, { errors: located })
}

function versionOf(source: Json, parsed: ParsedSource): { specification: string, dialect: Dialect } {
  const { openapi, swagger } = source
  // In YAML an unquoted 3.1 is a number, and 2.0 is the number 2.
  const written = String(openapi ?? swagger ?? '')
  if (openapi !== undefined && /^3\.[012](?:\.|$|-)/.test(written)) {
    const specification = written.slice(0, 3)
    return { specification, dialect: specification === '3.0' ? '3.0' : '3.1' }
  }
  if (openapi !== undefined && written === '3') return { specification: '3.0', dialect: '3.0' }
  if (openapi === undefined && /^2(?:\.0)?$/.test(written)) return { specification: '2.0', dialect: '2.0' }
  if (openapi !== undefined) throw invalid([{ pointer: '/openapi', detail: 'must be a version 3.0, 3.1 or 3.2' }], parsed)
  if (swagger !== undefined) throw invalid([{ pointer: '/swagger', detail: 'must be 2.0' }], parsed)
  const detail = source['asyncapi'] === undefined
    ? 'has neither `openapi` nor `swagger` to say its version'
    : 'is an AsyncAPI document, not an OpenAPI one'
  throw invalid([{ pointer: '', detail }], parsed)
}

function httpUrl(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url) ? new URL(url).href : undefined
}

function readDocument(reading: Reading, source: Json, documentUrl: string | undefined): Json {
  const is2 = reading.dialect === '2.0'
  const reader: PathReader = is2 ? pathReader2(reading, source, documentUrl) : pathReader3(reading, documentUrl)
  const servers = is2 ? readSwagger2Servers(reading, source, documentUrl) : readServers(reading, source, '', documentUrl)
  const paths = readPaths(reading, source, 'paths', reader, documentUrl)
  if (paths === undefined && (reading.dialect !== '3.1' || (source['webhooks'] === undefined && source['components'] === undefined))) {
    reading.problems.fault('/paths', 'must be an object of paths; it is missing')
  }
  const { externalDocs } = source
  return assign({ openapi: '3.2.0' }, {
    info: readInfo(reading, source),
    externalDocs: isObject(externalDocs) && typeof externalDocs['url'] === 'string' ? { url: externalDocs['url'] } : undefined,
    servers: servers === undefined || servers.length === 0 ? defaultServers(documentUrl) : servers,
    security: readSecurity(reading, source, ''),
    tags: readTags(reading, source),
    paths: paths ?? {},
    webhooks: is2 ? undefined : readPaths(reading, source, 'webhooks', reader, documentUrl),
    components: is2 ? readSwagger2Components(reading, source) : readComponents(reading, source),
  })
}

/** Without servers it is `/`, relative to where the document came from. */
function defaultServers(documentUrl: string | undefined): Json[] {
  return [{ url: documentUrl === undefined ? '/' : new URL(documentUrl).origin }]
}

function readInfo(reading: Reading, source: Json): Json {
  const info = objectAt(reading, source, 'info', '')
  if (info === undefined && (source['info'] === undefined || source['info'] === null)) reading.problems.fault('/info', 'must be an object with title and version; it is missing')
  const { problems } = reading
  const read: Json = {}
  for (const key in info) if (key.startsWith('x-')) read[key] = info[key]
  const title = info && textAt(reading, info, 'title', '/info')
  const version = info && textAt(reading, info, 'version', '/info')
  if (info !== undefined && title === undefined) problems.warn('/info/title', 'The document has no title')
  if (info !== undefined && version === undefined) problems.warn('/info/version', 'The document has no version')
  return assign({ title: title ?? 'Untitled API', version: version ?? '0' }, info === undefined ? {} : {
    ...read,
    summary: textAt(reading, info, 'summary', '/info'),
    description: textAt(reading, info, 'description', '/info'),
    termsOfService: typeof info['termsOfService'] === 'string' && URL.canParse(info['termsOfService']) ? info['termsOfService'] : undefined,
    contact: isObject(info['contact']) ? textsOf(info['contact'], ['name', 'url', 'email']) : undefined,
    license: isObject(info['license']) && typeof info['license']['name'] === 'string' ? textsOf(info['license'], ['name', 'identifier', 'url']) : undefined,
  })
}

function textsOf(source: Json, keys: string[]): Json {
  return Object.fromEntries(keys.filter(key => typeof source[key] === 'string').map(key => [key, source[key]]))
}

function readTags(reading: Reading, source: Json): Json[] | undefined {
  const tags = listAt(reading, source, 'tags', '')?.filter(isObject).filter(tag => typeof tag['name'] === 'string')
  return tags?.map(tag => textsOf(tag, ['name', 'summary', 'description', 'parent', 'kind']))
}

function readComponents(reading: Reading, source: Json): Json | undefined {
  const components = objectAt(reading, source, 'components', '')
  if (components === undefined) return undefined
  const here = '/components'
  return assign({}, {
    schemas: readMap(reading, components, 'schemas', here, (value, pointer) => readSchema(reading, value, pointer)),
    responses: readMap(reading, components, 'responses', here, (value, pointer) => readResponse(reading, value, pointer)),
    parameters: readMap(reading, components, 'parameters', here, (value, pointer) => readParameter(reading, value, pointer)),
    examples: readMap(reading, components, 'examples', here, (value, pointer) => {
      const read = objectOrReference(reading, value, pointer, 'example')
      return read === undefined || 'reference' in read ? read?.reference : readExample(reading, read.object, pointer)
    }),
    requestBodies: readMap(reading, components, 'requestBodies', here, (value, pointer) => readRequestBody(reading, value, pointer)),
    headers: readMap(reading, components, 'headers', here, (value, pointer) => readHeader(reading, value, pointer)),
    securitySchemes: readMap(reading, components, 'securitySchemes', here, (value, pointer) => readSecurityScheme(reading, value, pointer)),
    mediaTypes: readMap(reading, components, 'mediaTypes', here, (value, pointer) => readMediaType(reading, value, pointer)),
  })
}
