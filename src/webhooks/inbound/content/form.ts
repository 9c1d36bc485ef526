/** Forms as objects: a name with several values has a list. */
import { HubError } from '../../../errors.ts'

const MAX_FIELDS = 2000

export function readForm(body: Buffer): Record<string, unknown> {
  const text = body.toString('utf8')
  if (countOf(text, '&') >= MAX_FIELDS) throw tooMany()
  return collect(new URLSearchParams(text))
}

/** Files come as `{ filename, contentType, base64 }`. Throws HubError `invalid_request`. */
export async function readMultipart(body: Buffer, contentType: string): Promise<Record<string, unknown>> {
  if (countOf(body.toString('latin1'), '\r\n--') >= MAX_FIELDS) throw tooMany()
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData().catch((error: unknown) => {
    throw new HubError('invalid_request', 'The body is no multipart form, as its content type says.', { cause: error })
  })
  const fields: [string, unknown][] = []
  for (const [name, value] of form) {
    fields.push([name, typeof value === 'string' ? value : { filename: value.name, contentType: value.type, base64: Buffer.from(await value.arrayBuffer()).toString('base64') }])
  }
  return collect(fields)
}

function collect(fields: Iterable<[string, unknown]>): Record<string, unknown> {
  const lists = new Map<string, unknown[]>()
  for (const [name, value] of fields) {
    if (name === '__proto__') throw new HubError('invalid_request', 'The form is not taken: a field is called __proto__.', { errors: [{ pointer: '/__proto__', detail: 'is not taken' }] })
    const list = lists.get(name)
    if (list === undefined) lists.set(name, [value])
    else list.push(value)
  }
  return Object.fromEntries([...lists].map(([name, list]) => [name, list.length === 1 ? list[0] : list]))
}

function countOf(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1 && count < MAX_FIELDS; at = text.indexOf(part, at + part.length)) count += 1
  return count
}

function tooMany(): HubError {
  return new HubError('invalid_request', `The form has more than ${MAX_FIELDS} fields.`)
}
