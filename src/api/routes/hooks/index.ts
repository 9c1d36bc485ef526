import { z } from 'zod'
import { Answer, defineRoute, type Route } from '../../route.ts'

const receive = defineRoute({
  method: 'ANY', path: '/hooks/:path', scope: 'public', tag: 'Webhook sources', bodyKind: 'bytes', maxBodyBytes: 'setting', status: 202,
  summary: 'Send an event to a webhook source.',
  description: "The URL is the source's `url`. What shows who sends is the source's own verification, not an API key. Answered once the event is stored: with 202, or as the source says. A repeat of an event that the source takes once is answered like the first, with `repeated`. JSON, forms, XML, text, bytes and CloudEvents (structured, batched, binary) are taken, compressed with gzip, deflate or br or not at all.",
  params: z.object({ path: z.string().max(100).describe("Last part of the source's URL.") }),
  reply: z.object({
    id: z.string().optional().describe('Of the event.'),
    ids: z.array(z.string()).optional().describe('Of the events of a batch.'),
    repeated: z.union([z.boolean(), z.number()]).optional().describe('The event was there already; of a batch, how many were.'),
  }),
  async handle({ hooks }, { params, body, request: { method, url, headers, ip } }) {
    const rawBody = (body as Buffer | undefined) ?? Buffer.alloc(0)
    return new Answer(await hooks.receive({ path: params.path, method, url, headers, ip, rawBody }))
  },
})

export const hookRoutes: Route[] = [receive]
