/**
 * A document to import comes as it is, or wrapped in JSON: `{ "url": … }`, `{ "document": … }`. A wrapped document may have
 * 64 MiB, so it is cut out of its wrapper as bytes: parsing it here would hold up every other request.
 */
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import type { DocumentSource } from '../../../catalog/source.ts'
import { HubError } from '../../../errors.ts'
import { parseJson } from '../../../lib/json/limits.ts'
import { parseInput } from '../../../lib/zod-errors.ts'
import { importFields, sourceFields } from './shapes.ts'

export const importRequest = z.strictObject({ ...importFields, ...sourceFields })
  .refine(({ url, document }) => (url === undefined) !== (document === undefined), { message: 'takes either `url` or `document`' })
  .refine(({ url, headers }) => headers === undefined || url !== undefined, { path: ['headers'], message: 'go with `url` only' })
  .meta({ id: 'ConnectorImport', examples: [{ url: 'https://petstore3.swagger.io/api/v3/openapi.json' }] })

export interface ImportBody { id?: string | undefined, name?: string | undefined, source: DocumentSource }

/** Keys that no OpenAPI document begins with. */
const wrapped = /^\s*\{\s*"(?:id|name|url|headers|document)"\s*:/

/** Undefined where the body is empty. Throws HubError `malformed_json` or `invalid_input`. */
export async function readImportBody(body: unknown, contentType: string | undefined): Promise<ImportBody | undefined> {
  if (!Buffer.isBuffer(body) || body.length === 0 || /^\s*(?:\{\s*\})?\s*$/.test(body.toString('latin1', 0, 64)) && body.length <= 64) return undefined
  if (!wrapped.test(body.toString('latin1', 0, 256))) return { source: { bytes: body, contentType } }
  const { rest, document } = await cutOut(body)
  const wrapper = parseJson(rest)
  const { id, name, url, headers, document: other } = parseInput(importRequest, wrapper, '')
  if (url !== undefined) return { id, name, source: { url, headers } }
  return { id, name, source: document === undefined ? { document: other } : { bytes: await contentOf(document) } }
}

export function sourceOfFields({ url, headers, document }: Pick<z.output<typeof importRequest>, 'url' | 'headers' | 'document'>): DocumentSource {
  return url === undefined ? { document } : { url, headers }
}

/** Work between two pauses: some milliseconds. */
const PIECE = 256 * 1024
const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20

/** An object as it is; text, which may be JSON or YAML, out of its JSON string. */
async function contentOf(document: Buffer): Promise<Buffer> {
  const start = document.findIndex((byte) => byte > SPACE)
  if (document[start] !== QUOTE) return document
  const end = document.lastIndexOf(QUOTE)
  const pieces: Buffer[] = []
  for (let from = start + 1; from < end;) {
    // Behind a space: no escape sequence, and no pair of them that makes one character, has one within.
    const space = end - from <= PIECE ? -1 : document.indexOf(SPACE, from + PIECE)
    const to = space === -1 || space >= end ? end : space + 1
    pieces.push(parsePiece(document.subarray(from, to)))
    from = to
    await setImmediate()
  }
  return Buffer.concat(pieces)
}

function parsePiece(piece: Buffer): Buffer {
  try {
    return Buffer.from(JSON.parse(`"${piece.toString('utf8')}"`) as string)
  } catch (error) {
    const detail = (error as Error).message.slice(0, 200)
    throw new HubError('malformed_json', `The body is not valid JSON: ${detail}`, { cause: error, errors: [{ pointer: '/document', detail }] })
  }
}

const standIns: Record<string, string> = { '{': '{}', '[': '[]', '"': '"-"' }

/** The value of the outer object's `document` apart from the rest, which has a stand-in of the same kind for it. */
async function cutOut(body: Buffer): Promise<{ rest: Buffer, document: Buffer | undefined }> {
  const ranges = await membersNamed('document', body)
  const [range] = ranges
  if (range === undefined) return { rest: body, document: undefined }
  if (ranges.length > 1) throw new HubError('invalid_input', '/document: is there twice', { errors: [{ pointer: '/document', detail: 'is there twice' }] })
  const document = body.subarray(...range)
  const kind = document.toString('latin1', 0, 64).trimStart()[0]
  // Numbers and the like stay for the shape to refuse.
  const standIn = kind === undefined ? undefined : standIns[kind]
  if (standIn === undefined) return { rest: body, document: undefined }
  return { rest: Buffer.concat([body.subarray(0, range[0]), Buffer.from(standIn), body.subarray(range[1])]), document }
}

/** Where the values of the outer object's members of that name are. Of what is no JSON, somewhere: whoever parses it finds out. */
async function membersNamed(name: string, body: Buffer): Promise<[from: number, to: number][]> {
  const ranges: [from: number, to: number][] = []
  let depth = 0
  let stringStart = -1
  let key = ''
  let valueStart = -1
  let pause = PIECE
  for (let i = 0; i < body.length; i += 1) {
    if (i >= pause) {
      pause = i + PIECE
      await setImmediate()
    }
    const byte = body[i]
    if (stringStart !== -1) {
      if (byte === BACKSLASH) i += 1
      else if (byte === QUOTE) {
        if (depth === 1 && valueStart === -1) key = body.toString('utf8', stringStart + 1, i)
        stringStart = -1
      }
    } else if (byte === QUOTE) stringStart = i
    else if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (depth === 1 && byte === 0x3a) valueStart = i + 1
    else if (byte === 0x7d || byte === 0x5d || byte === 0x2c) {
      if (byte !== 0x2c) depth -= 1
      if (valueStart === -1 || depth > (byte === 0x2c ? 1 : 0)) continue
      if (key === name) ranges.push([valueStart, i])
      valueStart = -1
    }
  }
  return ranges
}
