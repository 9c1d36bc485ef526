/** Small readings that several calls share. */
import { HubError } from '../../errors.ts'
import { headerValue } from '../../lib/http/headers.ts'
import type { HttpResponse } from '../../lib/http/http.ts'

export function discard(response: HttpResponse): void {
  response.body.on('error', () => undefined).destroy()
}

/** An absolute http or https URL. Throws HubError `address_refused` for a file, another protocol or what is no URL. */
export function httpUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null) throw new HubError('address_refused', 'The endpoint is not a URL.', { beforeSending: true })
  if (url.protocol === 'file:') throw new HubError('address_refused', 'Files of the hub are out of reach: give an http or https URL.', { beforeSending: true })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new HubError('address_refused', `The endpoint is an http or https URL, not one of ${url.protocol.slice(0, -1)}.`, { beforeSending: true })
  return url
}

export function answerHeader({ headers }: HttpResponse, name: string): string | undefined {
  return headerValue(headers, name)
}

/** Empty where the text is no JSON object. */
export function readJsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {}
  } catch {
    return {}
  }
}
