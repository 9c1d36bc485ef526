/** An endpoint's settings, after design B: shapes, defaults and, as descriptions, their documentation. */
import { z } from 'zod'
import { address } from '../../integrations/settings.ts'
import { networkList } from '../../lib/http/address-guard.ts'
import { waitsOf, type RetryPolicySettings } from './retry-policy.ts'
import { isHint, readSecret } from './signature.ts'

/** A field told with the default that it gets where it is left out; not by the schema, which must tell what was given from what was not. */
function field<Schema extends z.ZodType>(schema: Schema, description: string, standard: unknown): Schema {
  return schema.meta({ description, default: standard })
}

const milliseconds = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most)
const jq = z.string().min(1).max(20_000)
/** A single program may stand for a list of one. */
export const programs = z.union([z.array(jq).max(20), jq.transform((program) => [program])])
const DAY_MS = 86_400_000
const LONGEST_RETRIES = 50

/** These the hub sets itself, or HTTP needs for its own ends. */
const reserved = new Set(['webhook-id', 'webhook-timestamp', 'webhook-signature', 'content-type', 'content-length', 'content-encoding', 'host', 'connection', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer', 'keep-alive'])

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not a header name').refine((name) => !reserved.has(name.toLowerCase()), 'is a header that the hub sets itself')
// A line break would begin another header; what is not Latin-1 can't be sent.
const headerValue = z.string().min(1).max(4000).regex(/^(…|[\t\x20-\x7e\x80-\xff]*)$/, 'holds a character that a header cannot carry')

const network = z.string().max(100).refine((text) => isNetwork(text), 'is not an address or network such as 203.0.113.7 or 203.0.113.0/24')

function isNetwork(text: string): boolean {
  try {
    networkList([text])
    return true
  } catch {
    return false
  }
}

export const signingSecret = z.string().min(1).max(1000).superRefine((text, context) => {
  if (isHint(text)) return
  try {
    readSecret(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

const secretText = z.string().min(1).max(10_000).regex(/^[^\r\n\0]*$/, 'holds a line break')
const kept = 'Stored encrypted and never given back: where it is read it is `…`, and written back as `…` it stays as it is.'

const authentication = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('basic'),
    username: z.string().max(1000).regex(/^[^:\r\n\0]*$/, 'holds a colon or a line break').describe('User name.'),
    password: secretText.describe(`Password. ${kept}`),
  }),
  z.strictObject({ type: z.literal('bearer'), token: secretText.describe(`Sent as \`Authorization: Bearer <token>\`. ${kept}`) }),
  z.strictObject({
    type: z.literal('oauth2ClientCredentials'),
    tokenUrl: address.describe('Where access tokens are asked for (RFC 6749 §4.4).'),
    clientId: z.string().min(1).max(1000).describe('Client id.'),
    clientSecret: secretText.describe(`Client secret. ${kept}`),
    scopes: z.array(z.string().min(1).max(200).regex(/^\S+$/, 'holds a space')).max(50).default([]).describe('Scopes to ask for.'),
    audience: z.string().min(1).max(1000).optional().describe('Which API the token is for, where the server wants to know.'),
    authMethod: z.enum(['basic', 'post']).optional().describe('How the client authenticates: in the header or in the body. Empty: the header first.'),
  }),
])

const retryPolicy = z.strictObject({
  maxRetries: z.number().int().min(0).max(LONGEST_RETRIES).optional().describe('Further attempts after the first. 3 unless given; with a `schedule` as many as that has.'),
  backoffStrategy: z.enum(['exponential', 'linear', 'fixed']).default('exponential').describe('How the wait grows from attempt to attempt. By default 2 s, 12 s, 72 s.'),
  initialDelay: milliseconds(1, DAY_MS).default(2000).describe('Wait before the second attempt, in ms.'),
  multiplier: z.number().min(1).max(100).default(6).describe('By how much an exponential wait grows.'),
  maxDelay: milliseconds(1, DAY_MS).default(3_600_000).describe('Longest wait between attempts, in ms. Does not hold for a `schedule`.'),
  jitter: z.union([z.number().min(0).max(1), z.boolean().transform((on) => (on ? 0.2 : 0))]).default(0.2).describe('Share of a wait by which it may be shorter or longer at random, so that deliveries do not come back at once: 0.2 is ± 20 %. `true` is 0.2, `false` 0.'),
  overloadDelay: milliseconds(0, DAY_MS).optional().describe('Shortest wait after a 429 or a timeout, in ms. 0 unless given; 60000 with the schedule `svix`. A `Retry-After` of the endpoint, of up to a day, holds beside it.'),
  schedule: z.union([
    z.enum(['svix', 'standard']),
    z.array(z.number().min(0).max(DAY_MS / 1000)).min(1).max(LONGEST_RETRIES),
  ]).optional().describe('Waits instead of a `backoffStrategy`. `svix`: 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 10 h. `standard`, of Standard Webhooks: 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. Or a list of your own, in seconds.'),
}).transform(({ maxRetries, overloadDelay, ...policy }) => ({
  ...policy,
  maxRetries: maxRetries ?? (policy.schedule === undefined ? 3 : waitsOf(policy.schedule).length),
  overloadDelay: overloadDelay ?? (policy.schedule === 'svix' ? 60_000 : 0),
})).refine(({ maxRetries, schedule }) => schedule === undefined || maxRetries <= waitsOf(schedule).length, { message: 'is more than the schedule has', path: ['maxRetries'] })

export type Authentication = z.output<typeof authentication>

const written = {
  subscribedEvents: z.array(z.string().min(1).max(300)).min(1).max(1000).describe("Types of events to send. `*` matches any run of characters, dots included: `order.*` matches `order.paid.eu`. The hub's own events about deliveries, `delivery.exhausted` and `webhook.failed`, are sent only where they are named: by a pattern that begins with `delivery.` or `webhook.`."),
  eventFilters: field(programs, 'jq programs over the CloudEvent. It is sent where each comes out true (neither null nor false).', []),
  eventTransformations: field(programs, 'jq programs, one after the other, that make what is sent from the CloudEvent. None: the CloudEvent as structured JSON. One that gives nothing (`empty`) sends nothing.', []),

  secret: signingSecret.describe("Signs what is sent. Made where it is left out, and shown this once. Any text will do; `whsec_` and base64 is a key as Standard Webhooks has it, `whsk_` and base64 an ed25519 key. Read, it is `…`, and written back as that it stays as it is; another text replaces it at once, where `rotate-secret` leaves time."),
  signatureHeader: field(headerName, "Name of the header with the plain signature: hex HMAC-SHA256 over the body's bytes. Its key are the UTF-8 bytes of the whole secret as it was shown, a `whsec_` included. With a `whsk_` key it is the hex ed25519 signature of the body. While a rotation overlaps there are two, the new secret's first, with a comma between. Beside it go `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks, whose HMAC key are the bytes that stand in base64 behind `whsec_`, or the UTF-8 bytes of any other text.", 'X-Webhook-Signature'),
  ipWhitelist: field(z.array(network).max(100), 'Addresses or networks that its host may resolve to; a delivery to any other is refused. Empty: whatever the hub may reach.', []),
  authRequired: field(z.boolean(), "Sign every delivery, and send the endpoint's own authentication along where one is set. `false` sends neither.", true),
  authentication: authentication.nullable().describe('How the hub shows the endpoint who it is, beside the signature.'),
  headers: field(z.record(headerName, headerValue), `Further headers. Values are taken for secrets. ${kept}`, {}),

  retryPolicy: z.union([retryPolicy, z.enum(['svix', 'standard']).transform((schedule) => retryPolicy.parse({ schedule }))]).describe('When a delivery that failed is tried again. `"svix"` and `"standard"` are short for a policy with that `schedule`. 410 is final: it sets the endpoint to `failed`.'),
  timeout: field(milliseconds(100, 120_000), 'Longest time for one attempt, in ms.', 30_000),
  batchDelivery: field(z.boolean(), 'Send several events in one request: a JSON array of what each would be by itself.', false),
  maxBatchSize: field(z.number().int().min(1).max(1000), 'Events in one batch at most.', 10),
  maxBatchWait: field(milliseconds(0, 3_600_000), 'How long an event waits for others to fill its batch, in ms.', 1000),
  orderBy: jq.nullable().describe('jq over the CloudEvent, for instance `.subject` or `.data.customerId`: events for which it gives the same go one after another, each once the one before is over. Null: in no promised order.'),
  concurrency: field(z.number().int().min(1).max(1000), 'Requests at once.', 64),
  rateLimit: z.number().min(0.01).max(100_000).nullable().describe('Requests a second at most. Null: no limit.'),
  disableAfter: field(z.number().min(0.001).max(8760), 'Hours of nothing but failures after which the endpoint is set to `failed`, and an event `webhook.failed` tells of it.', 120),
}

export const groups = {
  events: ['subscribedEvents', 'eventFilters', 'eventTransformations'],
  security: ['secret', 'signatureHeader', 'ipWhitelist', 'authRequired', 'authentication', 'headers'],
  delivery: ['retryPolicy', 'timeout', 'batchDelivery', 'maxBatchSize', 'maxBatchWait', 'orderBy', 'concurrency', 'rateLimit', 'disableAfter'],
} as const

export type Group = keyof typeof groups
export type FieldName = (typeof groups)[Group][number]
type Fields = typeof written

/** What the short form calls otherwise. */
export const shortNames: Partial<Record<FieldName, string>> = { subscribedEvents: 'events', eventFilters: 'filters', eventTransformations: 'transformations' }

type Given<Names extends readonly (keyof Fields)[], Wrap extends 'optional' | 'nullish'> = { [Name in Names[number]]: Wrap extends 'optional' ? z.ZodOptional<Fields[Name]> : z.ZodOptional<z.ZodNullable<Fields[Name]>> }

function given<Names extends readonly (keyof Fields)[], Wrap extends 'optional' | 'nullish'>(names: Names, wrap: Wrap): Given<Names, Wrap> {
  return Object.fromEntries(names.map((name) => [name, written[name][wrap]()])) as unknown as Given<Names, Wrap>
}

const readOnly = z.unknown().optional().describe('Kept by the hub; what is sent is left out.')

function bodyFields<Wrap extends 'optional' | 'nullish'>(wrap: Wrap) {
  const { secret: _secret, signatureHeader: _header, ...security } = given(groups.security, wrap)
  return {
    url: address.describe('Where events are posted to.'),
    description: z.string().max(5000)[wrap]().describe('What it is for.'),
    events: z.union([written.subscribedEvents, z.strictObject(given(groups.events, wrap)).describe('The long form.')]).describe('Types of events to send, or, in the long form, these with filters and transformations.'),
    filters: written.eventFilters[wrap](), transformations: written.eventTransformations[wrap](),
    secret: written.secret[wrap](), signatureHeader: written.signatureHeader[wrap](), ...security, ...given(groups.delivery, wrap),
    security: z.strictObject({ ...given(groups.security, wrap), publicKey: readOnly, previousSecretUntil: readOnly })[wrap]().describe('The long form of the fields of these names.'),
    delivery: z.strictObject(given(groups.delivery, wrap))[wrap]().describe('The long form of the fields of these names.'),
    metadata: z.record(z.string().min(1).max(100), z.string().max(1000))[wrap]().describe('Notes of your own.'),
    status: z.enum(['active', 'paused', 'failed']).optional().describe('`paused`: events are collected, and sent once it is active again. `failed` is set by the hub: nothing is sent nor collected until it is set to `active`.'),
    id: readOnly, statusReason: readOnly, failingSince: readOnly, monitoring: readOnly, integrationId: readOnly, createdAt: readOnly, updatedAt: readOnly, etag: readOnly,
  }
}

const name = z.string().trim().min(1).max(200).describe('What people call it.')

/** The short form, in which all fields stand side by side, and the long one, in which it is read. */
export const webhookInput = z.strictObject({ name, ...bodyFields('optional') }).meta({ id: 'WebhookInput' })

const { url, events, ...patched } = bodyFields('nullish')
export const webhookPatch = z.strictObject({ name: name.optional(), url: url.optional(), events: events.optional(), ...patched }).meta({ id: 'WebhookPatch' })

export type WebhookInput = z.output<typeof webhookInput>
export type WebhookPatch = z.output<typeof webhookPatch>

/** What is stored of an endpoint. Its secrets are not among it: of those it has hints. */
export interface WebhookSettings {
  events: { subscribedEvents: string[], eventFilters: string[], eventTransformations: string[] }
  security: {
    /** A hint, that is. */
    secret: string
    /** Of an ed25519 key. */
    publicKey?: string
    /** ISO 8601. Until then the secret before the last rotation signs too. */
    previousSecretUntil?: string
    signatureHeader: string
    ipWhitelist: string[]
    authRequired: boolean
    authentication: Authentication | null
    headers: Record<string, string>
  }
  delivery: {
    retryPolicy: RetryPolicySettings
    timeout: number
    batchDelivery: boolean
    maxBatchSize: number
    maxBatchWait: number
    orderBy: string | null
    concurrency: number
    rateLimit: number | null
    disableAfter: number
  }
}

export const defaults = {
  events: { eventFilters: [], eventTransformations: [] },
  security: { signatureHeader: 'X-Webhook-Signature', ipWhitelist: [], authRequired: true, authentication: null, headers: {} },
  delivery: {
    retryPolicy: retryPolicy.parse({}), timeout: 30_000, batchDelivery: false, maxBatchSize: 10, maxBatchWait: 1000,
    orderBy: null, concurrency: 64, rateLimit: null, disableAfter: 120,
  },
} satisfies { [Name in Group]: Partial<WebhookSettings[Name]> }

/** As it is read: with nothing left out, and hints in place of secrets. */
export const webhookSettings = {
  events: z.object({ subscribedEvents: written.subscribedEvents, eventFilters: listOf('jq programs over the CloudEvent. It is sent where each comes out true.'), eventTransformations: listOf('jq programs, one after the other, that make what is sent from the CloudEvent.') }),
  security: z.object({
    secret: z.string().describe('Whole where it was just made or rotated, and never again: `…` otherwise.'),
    publicKey: z.string().optional().describe('Of an ed25519 key: receivers check signatures by it.'),
    previousSecretUntil: z.string().optional().describe('Until then the secret before the last rotation signs too.'),
    signatureHeader: z.string(), ipWhitelist: z.array(z.string()), authRequired: z.boolean(),
    authentication: written.authentication, headers: z.record(z.string(), z.string()).describe('`…` stands for each value.'),
  }),
  delivery: z.object({
    retryPolicy: z.object({
      maxRetries: z.number(), backoffStrategy: z.enum(['exponential', 'linear', 'fixed']), initialDelay: z.number(), multiplier: z.number(), maxDelay: z.number(), jitter: z.number(), overloadDelay: z.number(),
      schedule: z.union([z.enum(['svix', 'standard']), z.array(z.number())]).optional(),
    }),
    timeout: z.number(), batchDelivery: z.boolean(), maxBatchSize: z.number(), maxBatchWait: z.number(),
    orderBy: z.string().nullable(), concurrency: z.number(), rateLimit: z.number().nullable(), disableAfter: z.number(),
  }),
}

function listOf(description: string): z.ZodArray<z.ZodString> {
  return z.array(z.string()).describe(description)
}
