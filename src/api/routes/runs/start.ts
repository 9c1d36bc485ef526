import { z } from 'zod'
import { HubError } from '../../../errors.ts'
import { placeOf } from '../../../flows/flow-id.ts'
import { assertRepeatable } from '../../repeats.ts'
import { Answer, defineRoute } from '../../route.ts'
import { runStatus, tag } from './shapes.ts'

const LONGEST_WAIT_SECONDS = 120

export const startRun = defineRoute({
  method: 'POST', path: '/api/v1/flows/:flow/runs', scope: 'flows:run', tag, status: 202,
  summary: 'Start a run of a flow, and wait for its output if you like.',
  description: "The run has the rights of the key that starts it. With `wait`, and where it ends in time, the answer is a 200 with `output`, or with `error` where it faulted; otherwise a 202, and the run goes on. `Idempotency-Key`, or the flow's own `idempotencyBy`, makes a repeat within a day the first run.",
  params: z.object({ flow: z.string().max(300).describe("The flow's name; `namespace/name`, encoded, where the namespace is not `default`.") }),
  query: z.strictObject({ wait: z.string().regex(/^\d{1,6}(ms|s)?$/).optional().describe('How long, such as `30s` or `500ms`; at most two minutes.') }),
  body: z.strictObject({
    input: z.unknown().optional().describe('Any JSON; `{}` unless given. Checked against the schema of the flow.'),
    version: z.string().max(100).optional().describe('Another than the latest published one.'),
    repeats: z.uuid().optional().describe('Id of a run that this one is once more, with another input perhaps: the two are shown as related.'),
  }),
  freeText: ['/input'],
  reply: z.object({ id: z.uuid(), status: runStatus, output: z.unknown().optional().describe('Only after waiting.'), error: z.unknown().optional() }),
  handle: async ({ runs }, { caller, params, query, body, request }) => {
    if (body.repeats !== undefined) assertRepeatable('run', await runs.look(caller, body.repeats))
    const start = { flow: placeOf(params.flow), version: body.version, input: body.input ?? {}, idempotencyKey: request.idempotencyKey, trigger: { type: 'api' as const, actor: caller.actor, ...body.repeats !== undefined && { runId: body.repeats } } }
    if (query.wait === undefined) return runs.start(caller, start)
    const { id, status, end } = await runs.startAndWait(caller, start, waitMs(query.wait))
    if (end === undefined) return { id, status }
    return new Answer({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id, status, output: end.output ?? null, ...end.error !== undefined && { error: end.error } }) })
  },
})

function waitMs(text: string): number {
  const count = Number.parseInt(text, 10)
  const ms = text.endsWith('ms') ? count : count * 1000
  if (ms > LONGEST_WAIT_SECONDS * 1000) throw new HubError('invalid_request', `Wait for at most ${LONGEST_WAIT_SECONDS} seconds.`, { errors: [{ pointer: '?wait', detail: `is more than ${LONGEST_WAIT_SECONDS}s` }] })
  return ms
}
