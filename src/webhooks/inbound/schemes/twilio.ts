/** https://www.twilio.com/docs/usage/webhooks/webhooks-security */
import { createHash, timingSafeEqual, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { decoded, hmacKey, matchesHmac, MISMATCH, missing } from './signature.ts'
import { defineScheme, failed, headerOf, passed, textOf, type IncomingRequest } from './scheme.ts'

const settings = {
  url: z.url({ protocol: /^https?$/ }).max(2000).optional().describe("The URL as it is entered at Twilio, where it is another than the source's: Twilio signs it."),
}

export const twilio = defineScheme<typeof settings, KeyObject>({
  name: 'twilio',
  description: "Twilio: `X-Twilio-Signature` over the URL and the form's fields, or over the URL with `bodySHA256` for other bodies.",
  settings,
  secret: { description: "The account's auth token.", aliases: ['authToken'] },
  keyOf: (secret) => hmacKey(secret),
  verify(request, { url }, keys) {
    const signature = decoded(headerOf(request, 'x-twilio-signature') ?? '', 'base64')
    if (signature === undefined) return failed(missing('X-Twilio-Signature'))
    const bodyHash = request.query().get('bodySHA256')
    if (bodyHash !== null && !isHashOf(request.rawBody, bodyHash)) return failed('bodySHA256 is not that of the body.')
    const fields = bodyHash === null ? fieldsOf(request) : ''
    // A body that nothing vouches for.
    if (fields === undefined) return failed('Neither a form nor bodySHA256 ties the body to the signature.')
    const addressed = url === undefined ? request.publicUrl() : withQuery(url, request.url)
    const matches = withAndWithoutPort(addressed).some((each) => matchesHmac('sha1', keys, [each, fields], [signature]))
    return matches ? passed : failed(MISMATCH)
  },
  eventType(_request, data) {
    const own = textOf(data, 'EventType')
    const message = textOf(data, 'MessageStatus') ?? textOf(data, 'SmsStatus')
    const call = textOf(data, 'CallStatus')
    return own ?? (message !== undefined ? `message.${message}` : call !== undefined ? `call.${call}` : undefined)
  },
  eventId: (request) => headerOf(request, 'i-twilio-idempotency-token'),
})

/** Names and values, one after the other in the order of names; of several values of a name each once. */
function fieldsOf({ rawBody, headers }: IncomingRequest): string | undefined {
  if (rawBody.length === 0) return ''
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(String(headers['content-type'] ?? ''))) return undefined
  const fields = new Map<string, Set<string>>()
  for (const [name, value] of new URLSearchParams(rawBody.toString('utf8'))) fields.set(name, (fields.get(name) ?? new Set()).add(value))
  const names = [...fields.keys()].sort()
  return names.map((name) => [...fields.get(name)!].sort().map((value) => name + value).join('')).join('')
}

function isHashOf(body: Buffer, hex: string): boolean {
  const given = decoded(hex, 'hex')
  const hash = createHash('sha256').update(body).digest()
  return given !== undefined && given.length === hash.length && timingSafeEqual(given, hash)
}

/** The query is the request's, since Twilio adds to it. */
function withQuery(url: string, requested: string): string {
  const at = requested.indexOf('?')
  return url.replace(/\?.*$/, '') + (at === -1 ? '' : requested.slice(at))
}

/** Twilio signs the URL with its port or without: which, depends on the product. */
function withAndWithoutPort(url: string): string[] {
  const [, scheme, user = '', host, port, rest] = /^(https?):\/\/([^/?#@]*@)?(\[[^\]]*\]|[^/?#:@]*)(?::(\d+))?(.*)$/is.exec(url) ?? []
  if (scheme === undefined || host === undefined) return [url]
  const standard = port ?? (scheme.toLowerCase() === 'https' ? '443' : '80')
  return [`${scheme}://${user}${host}${rest}`, `${scheme}://${user}${host}:${standard}${rest}`]
}
