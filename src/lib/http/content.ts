/** What an answer holds, by its content type. */
import { HubError } from '../../errors.ts'
import { readBody } from './body.ts'
import type { HttpResponse } from './http.ts'

/** Of an error's body; more is not read. */
const MAX_ERROR_BYTES = 256 * 1024
/** Arrays and objects within each other. */
const MAX_DEPTH = 1000
const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

/** Text as its content type says: JSON parsed, everything else as it is; `null` for none. Throws HubError `upstream_invalid_response`. */
export function parseText(text: string, type: string, expectJson: boolean): unknown {
  if (text === '') return null
  const looksLikeJson = isJsonType(type) || expectJson || type === '' && /^\s*[[{]/.test(text)
  if (!looksLikeJson) return text
  if (isDeep(text)) throw new HubError('upstream_invalid_response', `The upstream sent JSON that is nested more than ${MAX_DEPTH} deep.`)
  try {
    return JSON.parse(text)
  } catch (error) {
    if (type === '' && !expectJson) return text
    const said = isJsonType(type) ? 'The upstream sent invalid JSON.' : `The upstream sent ${type || 'no content type'} where its document promises JSON.`
    throw new HubError('upstream_invalid_response', said, { cause: error })
  }
}

/** An error's body as far as it can be read. Never throws. */
export async function readError(response: HttpResponse): Promise<unknown> {
  const type = contentTypeOf(response)
  if (!holdsText(response) && type !== '') {
    response.body.destroy()
    return { contentType: type }
  }
  let text: string
  try {
    text = (await readBody(response, { maxBytes: MAX_ERROR_BYTES })).toString('utf8')
  } catch {
    // The status says enough: a body that is too long or breaks off must not hide it.
    return null
  }
  if (isDeep(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** `JSON.parse` takes any depth; writing the value again, and much of what is done with it, ends the call's stack. */
function isDeep(text: string): boolean {
  if (text.length <= 2 * MAX_DEPTH) return false
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if ((code === OPEN_LIST || code === OPEN_OBJECT) && ++depth > MAX_DEPTH) return true
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1
  }
  return false
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at
    if (code === BACKSLASH) at += 1
  }
  return text.length
}

/** What the upstream said, where it said it in one of the usual places. */
export function sentenceOf(data: unknown): string {
  const { message, error, detail, title, msg, error_description: description } = (data ?? {}) as Record<string, unknown>
  const found = [message, detail, (error as Record<string, unknown> | undefined)?.['message'], description, error, msg, title].find((each) => typeof each === 'string' && each !== '')
  return found === undefined ? '.' : `: ${String(found).slice(0, 300)}`
}

/** Lower case, without parameters; empty where there is none. */
export function contentTypeOf({ headers }: Pick<HttpResponse, 'headers'>): string {
  const header = headers['content-type']
  return (Array.isArray(header) ? header[0]! : header ?? '').split(';')[0]!.trim().toLowerCase()
}

/** Whether its content is known to be text. */
export function holdsText(response: Pick<HttpResponse, 'headers'>): boolean {
  const type = contentTypeOf(response)
  return isJsonType(type) || isTextType(type)
}

export function isJsonType(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json') || type === 'text/json'
}

function isTextType(type: string): boolean {
  return type.startsWith('text/') || type === 'application/xml' || type.endsWith('+xml') || type === 'application/x-www-form-urlencoded' || type === 'application/yaml'
}

/** From `content-disposition`. */
export function filenameOf({ headers }: HttpResponse): { filename?: string } {
  const [, name] = /filename="?([^";]+)"?/i.exec(String(headers['content-disposition'] ?? '')) ?? []
  return name === undefined ? {} : { filename: name.slice(0, 200) }
}
