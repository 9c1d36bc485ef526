import { z } from 'zod'
import { Answer, defineRoute } from '../../route.ts'
import { eventStream, eventStreamHeaders } from '../../sse.ts'
import { streamQuery } from '../../streaming.ts'

export const streamEvents = defineRoute({
  method: 'GET', path: '/api/v1/bus/stream', scope: 'events:read', tag: 'Bus',
  summary: 'Follow the events as they are committed, as server-sent events or over a WebSocket.',
  description: 'Each event comes once, in the order of the commits, with its record as `data` and, as `id`, the place behind it: `Last-Event-ID` or `after` goes on there, without a gap. Comments keep the connection alive. A reader that takes nothing for half a minute is cut off, and goes on later where it was. The same path takes WebSockets: the client sends `{ "subscribe": ["order.*"], "after": "…" }`, at any time and with `after` or without (or gives `types` or `after` in the query), the server sends `{ "cursor", "event" }` for each event, and, to who asks for them with `"notices": true`, `{ "notice": ["executions"] }` when something changed that a page may show, without its content; a browser, which cannot set headers, gives its key as the subprotocol `bearer.<key>`, or is signed in and names its tenant in the query as `tenant`. A stream ends within seconds of its key or session.',
  query: streamQuery,
  reply: z.string().meta({ contentMediaType: 'text/event-stream' }),
  async handle({ streams }, { caller, query: { types, webhookSourceId, after }, request: { headers, signal, stillAllowed } }) {
    const lastSeen = headers['last-event-id']
    const stream = await streams.open({
      caller, types, webhookSourceId, signal, after: typeof lastSeen === 'string' && lastSeen !== '' ? lastSeen : after,
      stillAllowed: () => stillAllowed('events:read'),
    })
    return new Answer({ headers: eventStreamHeaders, body: eventStream(stream, signal) })
  },
})
