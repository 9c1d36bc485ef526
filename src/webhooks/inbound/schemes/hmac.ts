/** HMACs of senders that have no scheme of their own here. Where everything stands is settable. */
import { randomBytes, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { ageFault, decoded, hmacKey, matchesHmac, MISMATCH, missing, toleranceSeconds } from './signature.ts'
import { defineScheme, failed, headerOf, passed, type IncomingRequest } from './scheme.ts'

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not a header name')
const part = z.string().max(100)

const settings = {
  header: headerName.default('X-Webhook-Signature').describe('Header with the signature, or with several of them, separated by commas or spaces.'),
  algorithm: z.enum(['sha256', 'sha384', 'sha512', 'sha1']).default('sha256').describe('Hash of the HMAC.'),
  encoding: z.enum(['hex', 'base64', 'base64url']).default('hex').describe('How the signature is written.'),
  prefix: part.default('').describe('What stands in front of the signature, for instance `sha256=` or `v1=`.'),
  secretEncoding: z.enum(['text', 'hex', 'base64']).default('text').describe('Whether the secret is the key itself, or stands for its bytes.'),
  signedContent: z.string().min(1).max(500).refine((text) => text.includes('{body}'), 'must contain {body}').optional()
    .describe('What is signed: text with `{body}` and, where wanted, `{timestamp}`, `{method}`, `{path}` (with the query), `{url}` and `{header:<name>}`. Empty: `{timestamp}.{body}` where there is a timestamp, `{body}` otherwise.'),
  timestampHeader: headerName.optional().describe('Header with the time of sending: Unix seconds or milliseconds, or ISO 8601. Empty: there is none, and a request can be sent again by whoever has seen it.'),
  timestampPrefix: part.default('').describe('What stands in front of the timestamp, where it shares its header with the signature, for instance `t=`.'),
  toleranceSeconds,
}

export const hmac = defineScheme<typeof settings, KeyObject>({
  name: 'hmac',
  description: 'An HMAC in a header, wherever it stands and whatever it covers.',
  settings,
  secret: { description: 'The key that the sender signs with.', generate: () => randomBytes(32).toString('hex') },

  keyOf(secret, { secretEncoding }) {
    if (secretEncoding === 'text') return hmacKey(secret)
    const bytes = decoded(secret, secretEncoding)
    if (bytes === undefined || bytes.length === 0) throw new RangeError(`is not ${secretEncoding}`)
    return hmacKey(bytes)
  },

  verify(request, { header, algorithm, encoding, prefix, signedContent, timestampHeader, timestampPrefix, toleranceSeconds }, keys, now) {
    const signatures = partsOf(request, header, prefix).flatMap((each) => decoded(each, encoding) ?? [])
    if (signatures.length === 0) return failed(missing(header))
    const timestamp = timestampHeader === undefined ? undefined : wholeOrPart(request, timestampHeader, timestampPrefix)
    if (timestampHeader !== undefined) {
      const fault = timestamp === undefined ? 'The timestamp is missing.' : ageFault(momentOf(timestamp), toleranceSeconds, now) ?? unreadable(timestamp)
      if (fault !== undefined) return failed(fault)
    }
    const content = contentOf(request, signedContent ?? (timestamp === undefined ? '{body}' : '{timestamp}.{body}'), timestamp ?? '')
    return matchesHmac(algorithm, keys, content, signatures) ? passed : failed(MISMATCH)
  },

  secretHeaders: ({ header }) => [header.toLowerCase()],
  eventId: (request) => headerOf(request, 'webhook-id'),
})

function partsOf(request: IncomingRequest, header: string, prefix: string): string[] {
  return (headerOf(request, header.toLowerCase()) ?? '').split(/[\s,]+/).filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length))
}

/** ISO times have no prefix, and may be written with a space. */
function wholeOrPart(request: IncomingRequest, header: string, prefix: string): string | undefined {
  return prefix === '' ? headerOf(request, header.toLowerCase())?.trim() : partsOf(request, header, prefix)[0]
}

/** Milliseconds have thirteen digits since 2001. */
function momentOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return text.length > 11 ? Number(text) : Number(text) * 1000
  return Date.parse(text)
}

function unreadable(timestamp: string): string | undefined {
  return Number.isNaN(momentOf(timestamp)) ? 'The timestamp is neither a number nor ISO 8601.' : undefined
}

function contentOf(request: IncomingRequest, template: string, timestamp: string): (string | Buffer)[] {
  return template.split(/(\{(?:body|timestamp|method|path|url|header:[^{}]+)\})/).map((each) => {
    switch (each) {
      case '{body}': return request.rawBody
      case '{timestamp}': return timestamp
      case '{method}': return request.method
      case '{path}': return request.url
      case '{url}': return request.publicUrl()
      default: return each.startsWith('{header:') ? headerOf(request, each.slice(8, -1).toLowerCase()) ?? '' : each
    }
  })
}
