const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

export interface Asked { method: string | null, url: string, headers?: Record<string, string | string[]>, body?: unknown }

/** A request as a command of the shell. A body that is no text is written as JSON. */
export function curlOf({ method, url, headers = {}, body }: Asked): string {
  const lines = [`curl ${method === null || method === 'GET' ? '' : `-X ${method} `}${quoted(url)}`]
  for (const [name, value] of Object.entries(headers)) for (const each of [value].flat()) lines.push(`-H ${quoted(`${name}: ${each}`)}`)
  if (body !== undefined) lines.push(`-d ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`)
  return lines.join(' \\\n  ')
}
