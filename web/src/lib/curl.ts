const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

export interface Asked {
  method: string | null
  url: string
  headers?: Record<string, string | string[]>
  /** What is no text is written as its content type has it: as fields of a form, else as JSON. */
  body?: unknown
  /** There was a body, and it was not kept. */
  isBodyUnknown?: boolean
  /** The body is what this request answers, byte for byte. */
  bodyOf?: Asked
}

/** A request as a command of the shell. curl says by itself how long the body is. */
export function curlOf({ method, url, headers = {}, body, isBodyUnknown = false, bodyOf }: Asked): string {
  const hasBody = body !== undefined || isBodyUnknown || bodyOf !== undefined
  const given = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length')
  const type = String(given.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '')
  const isForm = type.startsWith('multipart/form-data') && typeof body === 'object'
  const lines = [`${bodyOf === undefined ? '' : `${curlOf(bodyOf).replace('curl ', 'curl -fsS ')} | `}curl ${method === null || (method === 'GET' && !hasBody) || (method === 'POST' && hasBody) ? '' : `-X ${method} `}${quoted(url)}`]
  // Of a multipart body curl chooses the boundary, and says it.
  for (const [name, value] of given) if (!isForm || name.toLowerCase() !== 'content-type') for (const each of [value].flat()) lines.push(`-H ${quoted(`${name}: ${each}`)}`)
  if (isForm) lines.push(...fieldsOf(body).map(([name, value]) => `-F ${quoted(`${name}=${value}`)}`))
  else if (body !== undefined) lines.push(`--data-raw ${quoted(textOf(body, type))}`)
  else if (bodyOf !== undefined) lines.push('--data-binary @-')
  else if (isBodyUnknown) lines.push("--data-binary '@body'")
  return lines.join(' \\\n  ')
}

function textOf(body: unknown, type: string): string {
  if (typeof body === 'string') return body
  return type.startsWith('application/x-www-form-urlencoded') && typeof body === 'object' ? new URLSearchParams(fieldsOf(body)).toString() : JSON.stringify(body)
}

function fieldsOf(body: unknown): [string, string][] {
  return Object.entries(body as object).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
}
