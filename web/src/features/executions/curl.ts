import type { Execution } from '../../hub/client.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** The request as it went over the wire. Secrets are hidden in the record, and so are they here. */
export function curlOf({ request: { method, endpoint, headers, payload } }: Execution): string {
  const lines = [`curl ${method === null || method === 'GET' ? '' : `-X ${method} `}${quoted(endpoint ?? '')}`]
  for (const [name, value] of Object.entries(headers)) for (const each of [value].flat()) lines.push(`-H ${quoted(`${name}: ${each}`)}`)
  const { body } = (payload ?? {}) as { body?: unknown }
  if (body !== undefined) lines.push(`-d ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`)
  return lines.join(' \\\n  ')
}
