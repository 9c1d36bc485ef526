/** What a request's body says, read by its content type. */
import { isUtf8 } from 'node:buffer'
import { isHubError } from '../../../errors.ts'
import { parseJson } from '../../../lib/json/limits.ts'
import { readForm, readMultipart } from './form.ts'
import { readXml } from './xml.ts'

/** An event's data: `json` is `data` as JSON text, as the sender wrote it where it wrote JSON. Neither is there for binary data, nor for none. */
export interface Content {
  data?: unknown
  json?: string
  base64?: string
  contentType?: string
}

const JSON_TYPE = /^(?:application|text)\/(?:[\w.+-]+\+)?json$/
const XML_TYPE = /^(?:application|text)\/(?:[\w.+-]+\+)?xml$/

/**
 * `lenient`: what is not what its content type says is taken for text or bytes. Otherwise it throws HubError `malformed_json` or `invalid_request`,
 * with where.
 */
export async function readContent(body: Buffer, header: string | undefined, { lenient }: { lenient: boolean }): Promise<Content> {
  if (body.length === 0) return {}
  try {
    return await readAs(body, header)
  } catch (error) {
    if (!lenient || !isHubError(error)) throw error
    return textOrBytes(body, header)
  }
}

async function readAs(body: Buffer, header: string | undefined): Promise<Content> {
  const type = header?.split(';', 1)[0]!.trim().toLowerCase()
  if (type === undefined || type === '') return guessed(body)
  if (JSON_TYPE.test(type)) return readJson(body, type)
  if (type === 'application/x-www-form-urlencoded') return asJson(readForm(body))
  if (type === 'multipart/form-data') return asJson(await readMultipart(body, header!))
  if (XML_TYPE.test(type)) return asJson(readXml(decodedText(body, header) ?? body.toString('latin1')))
  return textOrBytes(body, header)
}

/** Without a content type. */
function guessed(body: Buffer): Content {
  const first = String.fromCharCode(body[0]!)
  if (first !== '{' && first !== '[') return textOrBytes(body, undefined)
  try {
    return readJson(body, 'application/json')
  } catch (error) {
    if (!isHubError(error, 'malformed_json')) throw error
    return textOrBytes(body, undefined)
  }
}

function readJson(body: Buffer, contentType: string): Content {
  const data = parseJson(body)
  const text = body.toString('utf8')
  return { data, json: text.startsWith('\ufeff') ? text.slice(1) : text, contentType }
}

/** What became JSON is told as JSON. */
function asJson(data: unknown): Content {
  return { data, json: JSON.stringify(data), contentType: 'application/json' }
}

function textOrBytes(body: Buffer, header: string | undefined): Content {
  const type = header?.split(';', 1)[0]!.trim().toLowerCase() ?? ''
  const isText = type === '' || type.startsWith('text/') || JSON_TYPE.test(type) || XML_TYPE.test(type) || /^application\/(x-www-form-urlencoded|yaml|x-ndjson)$/.test(type)
  const text = isText ? decodedText(body, header) : undefined
  if (text === undefined) return { base64: body.toString('base64'), contentType: typeOr(type, 'application/octet-stream') }
  return { data: text, json: JSON.stringify(text), contentType: typeOr(type, 'text/plain') }
}

/** A type that is no JSON, so that readers take the string for what it is. */
function typeOr(type: string, fallback: string): string {
  return JSON_TYPE.test(type) || !/^[\w.+-]+\/[\w.+-]{1,150}$/.test(type) ? fallback : type
}

/** Undefined for bytes that are no text of the charset. */
function decodedText(body: Buffer, header: string | undefined): string | undefined {
  const [, charset = 'utf-8'] = /;\s*charset="?([^\s;"]+)/i.exec(header ?? '') ?? []
  if (/^utf-?8$/i.test(charset)) return isUtf8(body) ? body.toString('utf8').replace(/^\ufeff/, '') : undefined
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body)
  } catch {
    return undefined
  }
}
