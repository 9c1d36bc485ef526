import { randomUUID } from 'node:crypto'
import { at } from '../pointer.ts'
import type { ResolvedEncoding, ResolvedMediaType } from '../types.ts'
import { hasStyle } from './form.ts'
import { refuseInput } from './refuse.ts'
import { textOf } from './styles.ts'

interface Part { headers: Record<string, string>, content: Uint8Array | string }

export interface MultipartOptions {
  /** `multipart/form-data`, or another subtype whose parts have no names. */
  contentType: string
  media: ResolvedMediaType
  /** Properties that hold files: text given for one is sent as a file. */
  fileNames: Set<string>
}

/** A file in the input: text in base64, or bytes where the caller is the hub itself. */
export interface FileInput { filename?: string, contentType?: string, data?: string | Uint8Array, $base64?: string }

/** Writes parts by OpenAPI 3.2.0, 4.15.4, and RFC 7578. */
export function multipartWriter({ contentType, media, fileNames }: MultipartOptions): (body: unknown) => { body: Buffer, contentType: string } {
  const { encoding = {}, prefixEncoding = [], itemEncoding } = media
  return body => {
    const parts = Array.isArray(body)
      ? body.map((item, i) => part(undefined, item, prefixEncoding[i] ?? itemEncoding ?? {}, at('/body', i), false))
      : namedParts(body, encoding, fileNames)
    const boundary = `interchange-${randomUUID()}`
    return { body: joined(parts, boundary), contentType: `${contentType}; boundary=${boundary}` }
  }
}

function namedParts(body: unknown, encodings: Record<string, ResolvedEncoding>, fileNames: Set<string>): Part[] {
  if (typeof body !== 'object' || body === null) return refuseInput('/body', 'must be an object of parts')
  const parts: Part[] = []
  for (const [name, value] of Object.entries(body) as [string, unknown][]) {
    if (value === undefined || value === null) continue
    const encoding = Object.hasOwn(encodings, name) ? encodings[name] ?? {} : {}
    const pointer = at('/body', name)
    if (hasStyle(encoding) && !isFile(value)) {
      for (const [partName, text] of styledPairs(name, value, encoding)) parts.push(part(partName, text, {}, pointer, false))
    } else {
      const values: unknown[] = Array.isArray(value) ? value : [value]
      for (const item of values) parts.push(part(name, item, encoding, pointer, fileNames.has(name)))
    }
  }
  return parts
}

/** As query styles do, without percent-encoding: a name and a text for each part. */
function styledPairs(name: string, value: unknown, encoding: ResolvedEncoding): [string, string][] {
  const { style = 'form', explode = style === 'form' } = encoding
  const comma = (encoding as { 'x-delimiter'?: string })['x-delimiter'] ?? ({ spaceDelimited: ' ', pipeDelimited: '|' } as Record<string, string>)[style] ?? ','
  if (typeof value !== 'object' || value === null) return [[name, textOf(value)]]
  if (style === 'deepObject') return bracketed(name, value)
  const entries = Object.entries(value) as [string, unknown][]
  if (Array.isArray(value)) return explode ? value.map(item => [name, textOf(item)]) : [[name, value.map(textOf).join(comma)]]
  return explode ? entries.map(([key, member]) => [key, textOf(member)]) : [[name, entries.flatMap(([key, member]) => [key, textOf(member)]).join(comma)]]
}

function bracketed(name: string, value: object): [string, string][] {
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) => {
    const inner = `${name}[${key}]`
    return typeof member === 'object' && member !== null ? bracketed(inner, member) : [[inner, textOf(member)] as [string, string]]
  })
}

function part(name: string | undefined, value: unknown, encoding: ResolvedEncoding, pointer: string, isFileProperty: boolean): Part {
  refuseBlob(value, pointer)
  const { headers = {} } = encoding
  const declared = encoding.contentType?.split(',')[0]?.trim()
  const fixedType = declared === undefined || declared.includes('*') ? undefined : declared
  if (isFile(value)) {
    const content = bytesOf(value, pointer)
    return { headers: { ...disposition(name, value.filename ?? name ?? 'file'), 'content-type': headerText(value.contentType ?? fixedType ?? 'application/octet-stream', pointer), ...headers }, content }
  }
  const structured = typeof value === 'object' && value !== null
  const asJson = structured || (fixedType?.includes('json') ?? false)
  const content = asJson ? JSON.stringify(value) : textOf(value)
  const type = fixedType ?? (asJson ? 'application/json' : isFileProperty ? 'application/octet-stream' : undefined)
  // Without a file name many servers take a part for an ordinary field.
  return { headers: { ...disposition(name, isFileProperty ? name : undefined), ...(type !== undefined && { 'content-type': type }), ...headers }, content }
}

/** A BlobReference is for the hub to replace by what it refers to; as JSON it would be nonsense to the service. */
export function refuseBlob(value: unknown, pointer: string): void {
  if (typeof value === 'object' && value !== null && '$blob' in value) refuseInput(pointer, 'is a reference to a blob, which was not read')
}

function isFile(value: unknown): value is FileInput {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if ('$base64' in value) return true
  return 'data' in value && Object.keys(value).every(key => ['data', 'filename', 'contentType'].includes(key))
}

function bytesOf({ data, $base64 }: FileInput, pointer: string): Uint8Array {
  const content = data ?? $base64
  return content instanceof Uint8Array ? content : fromBase64(content, pointer)
}

/** Node's decoder skips what it doesn't know; a file must not silently lose bytes. */
export function fromBase64(text: unknown, pointer: string): Buffer {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(text.replaceAll(/\s/g, ''))) return refuseInput(pointer, 'must hold base64')
  return Buffer.from(text, 'base64')
}

function disposition(name: string | undefined, filename: string | undefined): Record<string, string> {
  if (name === undefined) return {}
  const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`
  return { 'content-disposition': `form-data; name="${quoted(name)}"${file}` }
}

/** As browsers write names: WHATWG HTML, "multipart form data". */
function quoted(text: string): string {
  return text.toWellFormed().replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function headerText(text: string, pointer: string): string {
  return /^[\t\x20-\x7e]*$/.test(text) ? text : refuseInput(pointer, 'has a content type that a header cannot carry')
}

function joined(parts: Part[], boundary: string): Buffer {
  const chunks: (Uint8Array | string)[] = []
  for (const { headers, content } of parts) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
    chunks.push(`--${boundary}\r\n${lines}\r\n`, content, '\r\n')
  }
  chunks.push(`--${boundary}--\r\n`)
  return Buffer.concat(chunks.map(chunk => typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
}
