/** A delivery as the API gives it. */
import { z } from 'zod'
import { timestamp } from '../../route.ts'

export const deliveryStatus = z.enum(['pending', 'delivered', 'failed', 'parked'])
  .describe('`pending`: not over yet; `delivered`; `failed`: its attempts are used up, or the endpoint is gone; `parked`: set aside since its filter or transformation failed, or since it held up others of its key.')

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

const summaryFields = {
  id: z.uuid().describe('UUIDv7: sorts by the time when the delivery was planned.'),
  webhookId: z.uuid(),
  eventId: z.string().describe("The CloudEvent's id."),
  messageId: z.uuid().describe('What is sent as `webhook-id`: the same in every attempt and every replay of the event.'),
  eventType: z.string(),
  status: deliveryStatus,
  success: z.boolean(),
  reason: z.string().nullable().describe('Why it was given up.'),
  dueAt: timestamp.nullable().describe('When the next attempt is due.'),
  finishedAt: timestamp.nullable(),
  attemptCount: z.int(),
  lastStatusCode: z.int().nullable().describe('What the endpoint answered to the last attempt.'),
  error: z.string().nullable().describe('What went wrong in the last attempt.'),
}

const attempt = z.object({
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  request: z.object({ method: z.literal('POST'), url: z.string(), headers: headers.describe('Secrets are masked.'), sizeBytes: z.int(), body: z.string().optional().describe('What was sent, where that is not the event alone: transformed, or a batch. Left out where it is longer than 16,384 characters.') }),
  response: z.object({ status: z.int(), headers, body: z.string().describe('The first 4,096 characters.') }).nullable(),
  error: z.object({ type: z.string(), message: z.string() }).nullable(),
})

export const deliverySummary = z.object(summaryFields)
export const delivery = z.object({ ...summaryFields, attempts: z.array(attempt).describe('Oldest first.') })
