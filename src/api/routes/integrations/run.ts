import { z } from 'zod'
import type { Readable } from 'node:stream'
import { streamAnswer, wantsEvents } from '../../answer-stream.ts'
import { Answer, defineRoute } from '../../route.ts'
import type { RunResult } from '../../../integrations/execute.ts'
import { execution, withoutData } from '../executions/shapes.ts'
import { integrationId } from './shapes.ts'

const runBody = z.strictObject({
  operation: z.string().min(1).max(300).optional().describe('Id of the operation. May be left out where the connector has one only.'),
  input: z.unknown().optional().describe("The operation's input: parameters by name, and the body under `body`."),
})

const runReply = z.object({
  success: z.literal(true),
  data: z.unknown().describe('What the service answered, after the response transforms.'),
  execution: execution.describe('The record of the run. Its `response.data` is left out here: it is `data`.'),
})

export const runIntegration = defineRoute({
  method: 'POST', path: '/api/v1/integrations/:id/run', scope: 'integrations:run', tag: 'Integrations',
  summary: 'Run an operation.',
  description: 'A call that was tried and failed is a problem with the `execution` beside its `code`: 422 `upstream_rejected` for a 4xx of the service, 502 for its 5xx or a broken connection, 504 for a timeout, 503 while the breaker is open, 429 for a limit or quota. `Idempotency-Key` is sent on to services that know it. With `Accept: text/event-stream` the answer comes as server-sent events: `part` for each piece that the operation tells as it comes (of `chat`: `{ "type": "text", "text" }` and `{ "type": "tool_call", "index", "id"?, "name"?, "arguments"? }`), then `result` with what would have been answered, or `error` with the problem. What fails before the first piece is a problem as ever; a client that goes away ends the call.',
  params: integrationId, body: runBody, freeText: ['/input'], reply: runReply,
  handle: async ({ execute }, { caller, params, body, request }) => {
    const wanted = {
      caller, integrationId: params.id, operation: body.operation, input: body.input,
      sourceComponent: request.sourceComponent, idempotencyKey: request.idempotencyKey,
    }
    if (!wantsEvents(request.headers)) return runAnswer(await execute.run(wanted))
    return streamAnswer(request, async (streaming) => bodyOf(await execute.run({ ...wanted, streaming })))
  },
})

export const rerunExecution = defineRoute({
  method: 'POST', path: '/api/v1/executions/:id/rerun', scope: 'integrations:run', tag: 'Executions',
  summary: 'Run an execution again, with the same input or another.',
  params: z.object({ id: z.string().max(100) }),
  body: z.strictObject({ input: z.unknown().optional().describe('Instead of the recorded input. Needed where the recorded one held a secret or was too large to keep.') }),
  freeText: ['/input'], reply: runReply,
  handle: async ({ rerun }, { caller, params, body, request }) =>
    runAnswer(await rerun(caller, params.id, body.input, { sourceComponent: request.sourceComponent, idempotencyKey: request.idempotencyKey })),
})

/** Put together as text: the data is not written a second time. */
function bodyOf({ dataJson, execution: made }: Pick<RunResult, 'dataJson' | 'execution'>): string {
  return `{"success":true,"data":${dataJson},"execution":${JSON.stringify(withoutData(made))}}`
}

function runAnswer({ rate, ...result }: RunResult): Answer {
  return new Answer({
    body: bodyOf(result),
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'ratelimit-policy': `"default";q=${rate.limit};w=60`,
      ratelimit: `"default";r=${rate.remaining};t=${rate.resetSeconds}`,
    },
  })
}

export const proxyIntegration = defineRoute({
  method: 'ANY', path: '/api/v1/integrations/:id/proxy/*', scope: 'integrations:run', tag: 'Integrations',
  summary: "Send a request through to the service as it is, with the integration's credential added.",
  description: 'What stands behind `proxy` is put below the endpoint. Bodies stream both ways without a bound. Cookies are not passed on.',
  params: integrationId.extend({ '*': z.string().default('') }), bodyKind: 'stream', reply: z.unknown(),
  handle: async ({ proxy }, { caller, params, body, request }) => {
    const behind = request.url.slice(request.url.indexOf('/proxy') + '/proxy'.length)
    const reply = await proxy.forward({
      caller, integrationId: params.id, method: request.method, path: behind === '' || behind.startsWith('?') ? `/${behind}` : behind,
      headers: request.headers, body: body as Readable | undefined, sourceComponent: request.sourceComponent,
    })
    return new Answer({ status: reply.status, headers: reply.headers, body: reply.body })
  },
})
