import { Readable } from 'node:stream'
import type { CallHttpRequest, JsonSchema } from '../../../connectors/connector.ts'
import { isObject } from '../normalise/reading.ts'
import type { ResolvedMediaType, ResolvedRequestBody } from '../types.ts'
import { formWriter } from './form.ts'
import { concrete, covers, essence, isWildcard, kindOf, type MediaKind } from './media-type.ts'
import { fromBase64, multipartWriter, refuseBlob } from './multipart.ts'
import { refuseInput } from './refuse.ts'
import { textOf } from './styles.ts'

type Schema = JsonSchema | boolean
type Defs = Record<string, Schema>

export interface WrittenBody { contentType: string, content: Pick<CallHttpRequest, 'json' | 'body'> }

/** One media type that a body may have. */
export interface BodyVariant {
  /** As the document says it, perhaps with a wildcard. */
  declared: string
  /** What the input's `body` must fit; refers to `#/$defs/…`. */
  schema: Schema
  /** `contentType` is what the caller asked for. */
  write(body: unknown, contentType: string | undefined): WrittenBody
}

const preference: MediaKind[] = ['json', 'form', 'multipart', 'lines', 'text', 'binary']

/** JSON by name first; what is only written as JSON for want of anything better, after forms. A plain type goes before a wildcard. */
function rank(kind: MediaKind, declared: string): number {
  const guessed = kind === 'json' && !/[/+]json$/.test(essence(declared)) && !isWildcard(declared)
  return (guessed ? 2.5 : preference.indexOf(kind)) + (isWildcard(declared) ? 0.25 : 0)
}

/** The variants, the one to use unless the caller chooses first. */
export function compileBody(body: ResolvedRequestBody, defs: Defs): BodyVariant[] {
  const variants = Object.entries(body.content).map(([declared, media]) => {
    const kind = kindOf(declared, isStructured(media.schema, defs))
    return { order: rank(kind, declared), variant: variantOf(declared, kind, media, defs) }
  })
  return variants.sort((a, b) => a.order - b.order).map(({ variant }) => variant)
}

/** The variant that `contentType` means; the first without one. Throws HubError `invalid_input`. */
export function chooseVariant(variants: BodyVariant[], contentType: string | undefined): BodyVariant {
  const chosen = contentType === undefined
    ? variants[0]
    : variants.find(({ declared }) => declared === contentType) ?? variants.find(({ declared }) => covers(declared, contentType))
  return chosen ?? refuseInput('/contentType', `must be one of ${variants.map(({ declared }) => declared).join(', ')}`)
}

function variantOf(declared: string, kind: MediaKind, media: ResolvedMediaType, defs: Defs): BodyVariant {
  const typeFor = (asked: string | undefined) => asked === undefined || essence(asked) === essence(declared) ? concrete(declared, kind) : asked
  const variant = (schema: Schema, content: (body: unknown) => WrittenBody['content']): BodyVariant =>
    ({ declared, schema, write: (body, asked) => ({ contentType: headerSafe(typeFor(asked)), content: content(body) }) })
  switch (kind) {
    case 'json': return variant(media.schema, json => ({ json }))
    case 'lines': return variant(linesSchema(media.schema, defs), body => ({ body: linesOf(body, declared.includes('json-seq') ? '\u001e' : '') }))
    case 'form': {
      const write = formWriter(media.encoding)
      return variant(objectSchema(media.schema, defs), body => ({ body: write(body) }))
    }
    case 'multipart': return multipartVariant(declared, media, defs)
    case 'text': return variant(textSchema(declared, media.schema, defs), body => ({ body: bytesOrText(body) }))
    case 'binary': return variant(binarySchema, body => ({ body: bytesOrText(body) }))
  }
}

function multipartVariant(declared: string, media: ResolvedMediaType, defs: Defs): BodyVariant {
  const { schema, fileNames } = multipartSchema(media, defs)
  const write = multipartWriter({ contentType: concrete(declared, 'multipart').replace(/;\s*boundary=.*$/i, ''), media, fileNames })
  return {
    declared, schema,
    write(body) {
      const written = write(body)
      return { contentType: written.contentType, content: { body: written.body } }
    },
  }
}

function headerSafe(contentType: string): string {
  if (isWildcard(contentType) || !/^[\t\x20-\x7e]+$/.test(contentType)) return refuseInput('/contentType', 'must be a media type')
  return contentType
}

function bytesOrText(body: unknown): string | Uint8Array | Readable {
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof Readable) return body
  if (isObject(body) && '$base64' in body) return fromBase64(body['$base64'], '/body')
  refuseBlob(body, '/body')
  return textOf(body)
}

function linesOf(body: unknown, start: string): string {
  if (!Array.isArray(body)) return refuseInput('/body', 'must be a list, one item for each line')
  return body.map(item => `${start}${JSON.stringify(item)}\n`).join('')
}

/** The schema behind references, for questions about its form. */
export function behind(schema: Schema | undefined, defs: Defs): JsonSchema {
  let current: unknown = schema
  for (let hops = 0; hops < 20 && isObject(current); hops++) {
    const ref = current['$ref']
    if (typeof ref !== 'string') return current
    current = defs[ref.slice('#/$defs/'.length)]
  }
  return {}
}

function isStructured(schema: Schema, defs: Defs, depth = 0): boolean {
  const { type, properties, allOf, anyOf, oneOf } = behind(schema, defs)
  const types = Array.isArray(type) ? type : [type]
  if (types.includes('object') || types.includes('array') || properties !== undefined) return true
  if (type !== undefined || depth > 4) return false
  return [allOf, anyOf, oneOf].some(list => Array.isArray(list) && list.some(member => isStructured(member as Schema, defs, depth + 1)))
}

function textSchema(declared: string, schema: Schema, defs: Defs): Schema {
  const { type } = behind(schema, defs)
  const plain = typeof type === 'string' && type !== 'object' && type !== 'array'
  const kind = /xml/.test(declared) ? 'XML' : declared
  return plain && !isBinary(behind(schema, defs)) ? schema : { anyOf: [{ type: 'string' }, base64Schema, blobSchema], description: `${kind} as text.` }
}

/** Fields and parts have names, even where the document forgets to say so. */
function objectSchema(schema: Schema, defs: Defs): Schema {
  return isStructured(schema, defs) ? schema : { ...behind(schema, defs), type: 'object' }
}

function linesSchema(schema: Schema, defs: Defs): Schema {
  return behind(schema, defs)['type'] === 'array' ? schema : { type: 'array' }
}

const base64Schema: JsonSchema = {
  type: 'object', properties: { $base64: { type: 'string', description: 'The bytes in base64.' } }, required: ['$base64'], additionalProperties: false,
}
const blobSchema: JsonSchema = { type: 'object', properties: { $blob: { type: 'object' } }, required: ['$blob'], additionalProperties: false }
const binarySchema: JsonSchema = { anyOf: [{ type: 'string', description: 'Text, sent as UTF-8.' }, base64Schema, blobSchema] }
const fileSchema: JsonSchema = {
  anyOf: [
    { type: 'string', description: 'Text, sent as UTF-8.' },
    {
      type: 'object',
      properties: { filename: { type: 'string' }, contentType: { type: 'string' }, data: { type: 'string', contentEncoding: 'base64' } },
      required: ['data'], additionalProperties: false,
    },
    base64Schema, blobSchema,
  ],
}

function isBinary(schema: JsonSchema): boolean {
  const { type, contentMediaType, contentEncoding, format } = schema
  return type === 'string' && (contentMediaType !== undefined || contentEncoding !== undefined || format === 'binary')
}

/** Properties with files in them take `{ filename, contentType, data }` as well as text. */
function multipartSchema(media: ResolvedMediaType, defs: Defs): { schema: Schema, fileNames: Set<string> } {
  const schema = behind(media.schema, defs)
  const fileNames = new Set<string>()
  const properties = isObject(schema['properties']) ? schema['properties'] : undefined
  if (properties === undefined) return { schema: schema['type'] === 'array' ? media.schema : objectSchema(media.schema, defs), fileNames }
  const replaced: Record<string, unknown> = {}
  for (const name of Object.keys(properties)) {
    const property = behind(properties[name] as Schema, defs)
    const items = behind(property['items'] as Schema | undefined, defs)
    const declared = media.encoding?.[name]?.contentType
    const isFile = isBinary(property) || (property['type'] === 'string' && declared !== undefined && !/^text\/|json|xml/.test(declared))
    const isList = property['type'] === 'array' && isBinary(items)
    if (isFile || isList) fileNames.add(name)
    replaced[name] = isFile ? described(property, fileSchema) : isList ? { ...property, items: fileSchema } : properties[name]
  }
  return { schema: { ...schema, properties: replaced }, fileNames }
}

function described({ description }: JsonSchema, schema: JsonSchema): JsonSchema {
  return description === undefined ? schema : { ...schema, description }
}
