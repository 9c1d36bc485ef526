/** Agents of the hub's own: made, changed, run. */
import { z } from 'zod'
import type { AgentRow } from '../../../agents/definitions/agents.ts'
import { agentName, agentSettings } from '../../../agents/definitions/settings.ts'
import { Answer, defineRoute, pageOf, pageQuery, timestamp } from '../../route.ts'
import { runStatus } from '../runs/shapes.ts'

const tag = 'Agents'
const id = z.object({ id: z.string().max(100) })
const name = agentName.describe('Unique in the tenant. Its runs are those of the flow `agents/<name>`.')

const agent = agentSettings.safeExtend({
  id: z.uuid(), name, flow: z.string().describe('The flow that its runs are of; other flows run it with `run: workflow`, other agents as a tool.'), version: z.string().describe("The flow's version: another with each change."),
  createdBy: z.string(), createdAt: timestamp, updatedAt: timestamp, etag: z.string().describe('Send it as `If-Match` with a change, to be told when somebody else was faster.'),
}).meta({ id: 'Agent' })

function toAgent({ id: agentId, name: called, settings, version, revision, createdBy, createdAt, updatedAt }: AgentRow): z.input<typeof agent> {
  return { ...settings, id: agentId, name: called, flow: `agents/${called}`, version, createdBy, createdAt, updatedAt, etag: String(revision) }
}

export const createAgent = defineRoute({
  method: 'POST', path: '/api/v1/agents', scope: 'agents:write', tag, creates: true, status: 201,
  summary: 'Make an agent: a model with instructions and tools.',
  description: 'It reaches what its tools name, whoever starts it. Nobody makes one that reaches further than himself.',
  body: agentSettings.safeExtend({ name }), reply: agent,
  handle: async ({ agents }, { caller, body }) => toAgent(await agents.create(caller, body)),
})

export const createAgentFromIntegration = defineRoute({
  method: 'POST', path: '/api/v1/agents/from-integration', scope: 'agents:write', tag, creates: true, status: 201,
  summary: 'Make an agent whose tools are all operations of an integrated API.',
  body: z.strictObject({
    integrationId: z.string().min(1).max(100), name: name.optional().describe("Left out: made from the integration's."),
    model: agentSettings.shape.model.optional().describe('Left out: the only integration of the connector `ai-service`.'),
    instructions: agentSettings.shape.instructions.unwrap().optional(),
  }),
  reply: agent,
  handle: async ({ agents }, { caller, body }) => toAgent(await agents.createFromIntegration(caller, body)),
})

export const listAgents = defineRoute({
  method: 'GET', path: '/api/v1/agents', scope: 'agents:read', tag, summary: 'List agents, by name.',
  query: z.strictObject({ ...pageQuery, q: z.string().max(200).optional().describe('Text in name or description.') }), reply: pageOf(agent),
  async handle({ agents }, { caller, query }) {
    const { data, nextCursor } = await agents.list(caller, query)
    return { data: data.map(toAgent), nextCursor }
  },
})

export const listCapabilities = defineRoute({
  method: 'GET', path: '/api/v1/agents/capabilities', scope: 'agents:read', tag, summary: 'List what agents can do, by their tools.',
  query: z.strictObject({ ...pageQuery, q: z.string().min(1).max(500).optional().describe('What is to be done, in a few words: only agents that have tools for it.') }),
  reply: pageOf(z.object({ agent: z.object({ id: z.uuid(), name: z.string(), description: z.string() }), tools: z.array(z.object({ name: z.string(), description: z.string() })).describe('Some of them, those that fit best first.') })),
  async handle({ agents }, { caller, query }) {
    const { data, nextCursor } = await agents.capabilities(caller, query)
    return { data: data.map(({ agent: { id: agentId, name: called, settings: { description } }, tools }) => ({ agent: { id: agentId, name: called, description }, tools })), nextCursor }
  },
})

export const getAgent = defineRoute({
  method: 'GET', path: '/api/v1/agents/:id', scope: 'agents:read', tag, summary: 'Get an agent.', params: id, reply: agent,
  handle: async ({ agents }, { caller, params }) => toAgent(await agents.find(caller, params.id)),
})

export const replaceAgent = defineRoute({
  method: 'PUT', path: '/api/v1/agents/:id', scope: 'agents:write', tag, summary: 'Replace an agent. Runs that are under way go on as they began.', params: id, body: agentSettings, reply: agent,
  handle: async ({ agents }, { caller, params, body, request }) => toAgent(await agents.replace(caller, params.id, body, { ifMatch: request.ifMatch })),
})

export const deleteAgent = defineRoute({
  method: 'DELETE', path: '/api/v1/agents/:id', scope: 'agents:write', tag, status: 204, summary: 'Delete an agent that has no run under way.', params: id, reply: z.undefined(),
  async handle({ agents }, { caller, params }) {
    await agents.remove(caller, params.id)
    return new Answer({})
  },
})

export const runAgent = defineRoute({
  method: 'POST', path: '/api/v1/agents/:id/runs', scope: 'agents:run', tag, status: 202, summary: 'Have an agent do something.',
  description: 'A run like that of a flow: `GET /api/v1/runs/{id}` shows each turn of the model and each call of a tool. With `waitSeconds`, and where it ends in time, the answer is a 200 with `output`, or with `error` where it failed.',
  params: id,
  body: z.strictObject({ prompt: z.string().min(1).max(1_000_000).describe('What it is to do.'), waitSeconds: z.number().min(0).max(120).optional() }),
  freeText: ['/prompt'],
  reply: z.object({ id: z.uuid(), status: runStatus, output: z.unknown().optional().describe('`{ text, output, steps, tokens, cost }`. Only after waiting.'), error: z.unknown().optional() }),
  async handle({ agents }, { caller, params, body, request }) {
    const { id: runId, status, end } = await agents.run(caller, params.id, { prompt: body.prompt, idempotencyKey: request.idempotencyKey, waitMs: body.waitSeconds === undefined ? undefined : body.waitSeconds * 1000 })
    if (end === undefined) return { id: runId, status }
    return new Answer({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify({ id: runId, status, output: end.output ?? null, ...end.error !== undefined && { error: end.error } }) })
  },
})
