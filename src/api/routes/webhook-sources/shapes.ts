/** The webhook source as the API takes and gives it. */
import { z } from 'zod'
import { sourceInput } from '../../../webhooks/inbound/settings.ts'
import type { SourceRow } from '../../../webhooks/inbound/sources.ts'
import type { RequestRow } from '../../../webhooks/inbound/requests.ts'
import { timestamp } from '../../route.ts'

export const tag = 'Webhook sources'
export const sourceId = z.object({ id: z.string().max(100).describe('Id of the webhook source.') })

const settings = sourceInput.shape

export const webhookSource = z.object({
  id: z.uuid(), url: z.string().describe('Where the sender posts to. Whoever has it may try.'),
  ...settings,
  previousSecretsUntil: z.array(z.string()).describe('Until when secrets before the last rotations hold (ISO 8601), the newest first.'),
  createdAt: timestamp, updatedAt: timestamp,
  etag: z.string().describe('Send it as `If-Match` with a change, to be told when somebody else was faster.'),
}).meta({ id: 'WebhookSource' })

const onlyRead = new Set(['id', 'url', 'previousSecretsUntil', 'createdAt', 'updatedAt', 'etag'])

/** Fields that only the hub writes are taken and left out, so that a source can be written back as it was read. */
export function writtenBack<Input extends z.ZodType>(input: Input): z.ZodType<z.output<Input>> {
  return z.preprocess((value) => (value === null || typeof value !== 'object' || Array.isArray(value) ? value
    : Object.fromEntries(Object.entries(value).filter(([name]) => !onlyRead.has(name)))), input)
}

/** `secret` where it is shown, which is once. */
export function toWebhookSource({ id, name, path, status, settings, revision, createdAt, updatedAt }: SourceRow, publicUrl: string, secret?: string): z.input<typeof webhookSource> {
  const verification = secret === undefined ? settings.verification : { ...settings.verification, secret }
  const previousSecretsUntil = settings.previousSecretsUntil.filter((until) => Date.parse(until) > Date.now())
  return { id, url: `${publicUrl}/hooks/${path}`, name, status, ...settings, verification, previousSecretsUntil, createdAt, updatedAt, etag: String(revision) }
}

export const hookRequest = z.object({
  id: z.uuid().describe('UUIDv7: sorts by the time when the request came.'),
  receivedAt: timestamp,
  status: z.int().describe('What it was answered.'),
  reason: z.string().nullable().describe('Why it was refused.'),
  eventId: z.uuid().nullable().describe('The event that came of it.'),
  method: z.string(), url: z.string().describe('Path and query.'), ip: z.string(),
  headers: z.record(z.string(), z.string()).describe('Secrets and signatures are masked, here and elsewhere.'),
  sizeBytes: z.int().describe('Of the body as it came.'),
  body: z.string().describe('The first 32 KiB: text, or base64.'), bodyEncoding: z.enum(['text', 'base64']), truncated: z.boolean(),
}).meta({ id: 'WebhookRequest' })

export function toHookRequest({ id, request, ...row }: RequestRow): z.input<typeof hookRequest> {
  // The first 48 bits of a UUIDv7 are its time.
  return { id, receivedAt: new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)), ...row, ...request }
}
