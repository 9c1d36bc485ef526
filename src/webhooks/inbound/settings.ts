/** A webhook source's settings: shapes, defaults and, as descriptions, their documentation. */
import { z } from 'zod'
import { SOURCE_OF_THE_HUB } from '../../events/attributes.ts'
import { networkList } from '../../lib/http/address-guard.ts'
import { schemes } from './schemes/index.ts'
import type { AnyScheme } from './schemes/scheme.ts'

const jq = z.string().min(1).max(20_000)
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not a header name')
const network = z.string().max(100).refine(isNetwork, 'is not an address or network such as 203.0.113.7 or 203.0.113.0/24')
const OVER = '`.` is the parsed body, `$headers` are the headers by their lower-case names, `$query` the query parameters'
const KEPT = 'Stored encrypted and never given back: where it is read it is `…`, and written back as `…`, or left out, it stays as it is.'

function isNetwork(text: string): boolean {
  try {
    networkList([text])
    return true
  } catch {
    return false
  }
}

/** What stands for a secret where it is read. */
export const HINT = '…'

const secretText = z.string().min(1, { abort: true }).max(4096).refine((text) => text.trim() !== '', 'is empty')
const ipAllowList = z.array(network).max(1000).default([]).describe('Addresses and networks that requests may come from; others are refused whatever they bring. Empty: all.')

function verificationOf({ name, description, settings, secret }: AnyScheme): z.ZodObject {
  const named = secret === undefined ? {} : Object.fromEntries(['secret', ...secret.aliases ?? []].map((field, at) => [field,
    secretText.optional().describe(at === 0 ? `${secret.description} ${KEPT}` : 'The same as `secret`.')]))
  const list = name === 'ip' ? ipAllowList.refine((networks) => networks.length > 0, 'must name the addresses that may send') : ipAllowList
  return z.strictObject({ scheme: z.literal(name).describe(description), ...named, ...settings, ipAllowList: list })
}

const verification = z.discriminatedUnion('scheme', schemes.map(verificationOf) as [z.ZodObject, ...z.ZodObject[]])
  .describe('How a request shows that it comes from the sender. What is verified are the bytes as they came; a request that fails is answered 401.')

const windowSeconds = z.number().int().min(1).max(30 * 86_400).default(86_400).describe('How long an id is remembered, in seconds.')

const dedupe = z.strictObject({
  header: headerName.optional().describe("Header with the sender's id of the event."),
  expression: jq.optional().describe(`jq that makes the id: ${OVER}. Null or false: the request is taken in any case.`),
  sender: z.literal(true).optional().describe('The id that the scheme knows of: `webhook-id`, `X-GitHub-Delivery`, the id of a Stripe event, …'),
  windowSeconds,
}).refine(({ header, expression, sender }) => [header, expression, sender].filter((each) => each !== undefined).length === 1, 'takes one of `header`, `expression` and `sender`')

const taken = z.union([
  z.string().min(1).max(300).describe('A fixed text.'),
  z.strictObject({ header: headerName.describe('The header that it is taken from.') }),
  z.strictObject({ expression: jq.describe(`jq that makes it: ${OVER}.`) }),
])

/** The hub's own, what HTTP needs for its own ends, and what would act on the dashboard that stands under the same address. */
const reserved = /^(content-length|transfer-encoding|connection|keep-alive|upgrade|trailer|te|date|content-encoding|set-cookie2?|content-security-policy.*|x-content-type-options|strict-transport-security|clear-site-data|access-control-.*|x-request-id|service-worker-allowed|refresh|link|location)$/i
const responseHeader = headerName.refine((name) => !reserved.test(name), 'is a header that cannot be set')
const headerValue = z.string().max(4000).regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'holds a character that a header cannot carry')

const response = z.strictObject({
  status: z.number().int().min(200).max(299).default(200).describe('Status of a request that was taken.'),
  body: z.string().max(65_536).default('').describe('Body, as it is.'),
  headers: z.record(responseHeader, headerValue).default({}).describe('Headers. `content-type` is `text/plain` unless it is given.'),
})

const handshake = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('query').describe('A request with this query parameter is answered with its value as text, and is no event.'),
    parameter: z.string().min(1).max(100).default('hub.challenge').describe('For instance `hub.challenge` (WebSub, Meta), `validationToken` (Microsoft Graph), `challenge` (Dropbox).'),
    tokenParameter: z.string().min(1).max(100).optional().describe('Parameter that must hold `token`, for instance `hub.verify_token`.'),
    token: secretText.optional().describe(`What the sender was told to send along. ${KEPT}`),
  }),
  z.strictObject({
    type: z.literal('header').describe('A request with this header is answered 200 with the same header, and is no event.'),
    header: headerName.default('X-Hook-Secret').refine((name) => !reserved.test(name), 'is a header that cannot be answered').describe('For instance `X-Hook-Secret` (Asana).'),
  }),
  z.strictObject({
    type: z.literal('cloudevents').describe('OPTIONS with `WebHook-Request-Origin` is allowed, as CloudEvents and Azure Event Grid ask before they send.'),
    origins: z.array(z.string().min(1).max(300)).max(100).default(['*']).describe('Origins that may send. `*`: all.'),
  }),
])

const methods = ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'] as const

const fields = {
  name: z.string().trim().min(1).max(200).describe('What people call it.'),
  description: z.string().max(5000).default('').describe('What it is for.'),
  status: z.enum(['active', 'paused']).default('active').describe('`paused`: requests are answered 503 with `Retry-After`, so that senders try again later.'),
  verification,
  dedupe: dedupe.nullable().default(null).describe('Takes an event once, however often it is sent: a repeat is answered like the first, and nothing comes of it. CloudEvents are told apart by their `source` and `id` in any case.'),
  eventType: taken.nullable().default(null).describe("Type of the events. Null: the sender's own name for it, `webhook.received` where there is none. Of CloudEvents: their own."),
  eventSource: z.string().min(1).max(1000).refine((text) => text !== SOURCE_OF_THE_HUB, "is the hub's own").nullable().default(null).describe('Source of the events. Null: `/hooks/` and the id of the webhook source. Of CloudEvents: their own.'),
  subject: taken.nullable().default(null).describe('Subject of the events. Null: none. Of CloudEvents: their own.'),
  schemaCheck: z.enum(['pass', 'flag', 'reject']).default('pass').describe("What becomes of events whose data does not fit their type's registered schema: they are taken unseen, taken and marked with what is wrong, or refused with 422."),
  response: response.nullable().default(null).describe('What a request that was taken is answered. Null: 202 with the id of the event.'),
  handshake: handshake.nullable().default(null).describe('What the sender wants to hear back before it sends. Slack\'s challenge needs nothing here.'),
  methods: z.array(z.enum(methods)).min(1).max(methods.length).default(['POST', 'PUT', 'PATCH']).describe('Methods that bring events. Others are answered 405.'),
  inspect: z.boolean().default(false).describe("Keep the newest 500 requests, to be seen at the source's `/requests`, and take any method, and bodies that are not what their content type says. Without it, those that are refused are kept."),
}

export const sourceInput = z.strictObject(fields).meta({ id: 'WebhookSourceInput' })

/** Looked at once it is merged into what is there. */
const merged = z.record(z.string(), z.unknown())
export const sourcePatch = z.strictObject({
  ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, withoutDefault(field).nullish()])) as Record<string, z.ZodType>,
  name: fields.name.optional(), status: z.enum(['active', 'paused']).optional(),
  verification: merged.optional().describe('Merged into what is there; with another `scheme` it is replaced.'),
}).meta({ id: 'WebhookSourcePatch' })

function withoutDefault(field: z.ZodType): z.ZodType {
  return field instanceof z.ZodDefault ? field.unwrap() as z.ZodType : field
}

export type SourceInput = z.output<typeof sourceInput>
export type SourcePatch = z.output<typeof sourcePatch>
export type Dedupe = z.output<typeof dedupe>
export type Taken = z.output<typeof taken>

/** What is stored. Of secrets it has hints. */
export interface SourceSettings extends Omit<SourceInput, 'name' | 'status' | 'verification'> {
  verification: { scheme: string, ipAllowList: string[], [setting: string]: unknown }
  /** ISO 8601: until when the secrets before the last rotations hold, the newest first. */
  previousSecretsUntil: string[]
}
