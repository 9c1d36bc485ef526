/** The tools of agents as plain HTTP, for those that speak no MCP. */
import { z } from 'zod'
import { toolKinds, type DescribedTool } from '../../../agents/tools/tool.ts'
import { Answer, defineRoute, pageOf, pageQuery } from '../../route.ts'
import { operationSummary, toOperationSummary } from '../connectors/operations.ts'

const schema = z.record(z.string(), z.unknown()).describe('A JSON Schema of an object.')

const tool = z.object({
  name: z.string().describe('At most 64 of `A-Za-z0-9_-`. Stays the same as long as the integration and the operation are called the same.'),
  kind: z.enum(toolKinds).describe('`operation` and `flow` stand for one; `hub` are those to look for others and to see what became of a call.'),
  title: z.string(), description: z.string(), inputSchema: schema,
  hints: z.object({
    readOnly: z.boolean().optional().describe('It changes nothing.'), destructive: z.boolean().optional().describe('It may change or take away what is there.'),
    idempotent: z.boolean().optional().describe('The same call twice is as good as once.'),
  }).describe('What is not known is left out.'),
  operation: z.object({ integrationId: z.uuid(), id: z.string() }).optional().describe('What it stands for, where that is an operation.'),
  example: z.unknown().optional().describe('Arguments that fit.'),
}).meta({ id: 'Tool' })

const openAiTool = z.object({ type: z.literal('function'), function: z.object({ name: z.string(), description: z.string(), parameters: schema }) })
const anthropicTool = z.object({ name: z.string(), description: z.string(), input_schema: schema })

export const listTools = defineRoute({
  method: 'GET', path: '/api/v1/agent/tools', scope: 'tools:use', tag: 'Agents',
  summary: 'List the tools that the key may call.',
  description: 'Without `q` and `all`, a short list for an agent to carry: the tools of the hub itself and, of the others, as many as fit. Those that do not are found with `q`, or by the tool `search_tools`, and called by their names all the same.',
  query: z.strictObject({
    ...pageQuery,
    q: z.string().min(1).max(500).optional().describe('What you want to do, in a few words; the best come first.'),
    all: z.stringbool().default(false).describe('All that stand for an operation or a flow, in pages.'),
    format: z.enum(['interchange', 'openai', 'anthropic']).default('interchange').describe('`openai`: as `tools` of a chat completion; `anthropic`: as `tools` of a message.'),
  }),
  reply: z.object({ data: z.union([z.array(tool), z.array(openAiTool), z.array(anthropicTool)]), nextCursor: z.string().nullable() }),
  async handle({ tools }, { caller, query: { q, all, format, limit, cursor } }) {
    const { data, nextCursor } = q === undefined && cursor === undefined && !all ? { data: await tools.short(caller), nextCursor: null } : await tools.page(caller, { q, limit, cursor })
    return { data: written(data, format), nextCursor }
  },
})

export const searchOperations = defineRoute({
  method: 'GET', path: '/api/v1/operations', scope: 'tools:use', tag: 'Integrations',
  summary: 'Search the operations of all integrations that the key may run.',
  description: 'Without `q` all of them, integration by integration. What a connector has beyond that is at its own operations.',
  query: z.strictObject({ ...pageQuery, q: z.string().min(1).max(500).optional().describe('What you want to do, in a few words; the best come first.') }),
  reply: pageOf(operationSummary.extend({ integrationId: z.uuid(), integration: z.string().describe('Its name.'), connector: z.string() }).meta({ id: 'FoundOperation' })),
  async handle({ tools }, { caller, query: { q, limit, cursor } }) {
    const { data, nextCursor } = await tools.operations(caller, { q, limit, cursor })
    return { nextCursor, data: data.map(({ integrationId, integration, connector, ...summary }) => ({ ...toOperationSummary(summary), integrationId, integration, connector })) }
  },
})

export const getTool = defineRoute({
  method: 'GET', path: '/api/v1/agent/tools/:name', scope: 'tools:use', tag: 'Agents', summary: 'Get a tool with the schema of its arguments.',
  params: z.object({ name: z.string().max(100) }), reply: tool,
  handle: async ({ tools }, { caller, params }) => toTool(await tools.describe(caller, params.name)),
})

const WAIT_DESCRIPTION = 'How long to wait for the end of a flow, in seconds. What takes longer goes on by itself.'

export const callTool = defineRoute({
  method: 'POST', path: '/api/v1/agent/tools/:name', scope: 'tools:use', tag: 'Agents', creates: true,
  summary: 'Call a tool.',
  description: 'The call is kept within what the key may, its arguments are checked against the schema, and it is noted in the audit log. A failure is a problem, as elsewhere.',
  params: z.object({ name: z.string().max(100) }),
  body: z.strictObject({
    arguments: z.record(z.string(), z.unknown()).default({}).describe("As the tool's schema says."),
    dryRun: z.boolean().default(false).describe('Check the arguments and tell what would be called, without calling it.'),
    waitSeconds: z.number().min(0).max(300).default(30).describe(WAIT_DESCRIPTION),
  }),
  freeText: ['/arguments'],
  reply: z.object({
    tool: z.string(), data: z.unknown().describe('What the tool answered. Secrets are masked.'), dryRun: z.boolean(),
    execution: z.uuid().nullable().describe('Where an operation that was run is recorded.'),
    run: z.object({ id: z.uuid(), status: z.string() }).nullable().describe('Of a flow that was started.'),
  }),
  async handle({ tools }, { caller, params, body, request }) {
    const { dataJson, execution = null, run = null, dryRun } = await tools.call(caller, {
      name: params.name, arguments: body.arguments, dryRun: body.dryRun, waitMs: body.waitSeconds * 1000, idempotencyKey: request.idempotencyKey,
      sourceComponent: request.sourceComponent ?? 'agent', signal: request.signal,
    })
    return new Answer({
      // Put together as text: the data is not written a second time.
      body: `{"tool":${JSON.stringify(params.name)},"data":${dataJson},"dryRun":${dryRun},"execution":${JSON.stringify(execution)},"run":${JSON.stringify(run)}}`,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
  },
})

function written(tools: DescribedTool[], format: 'interchange' | 'openai' | 'anthropic'): z.input<typeof tool>[] | z.input<typeof openAiTool>[] | z.input<typeof anthropicTool>[] {
  if (format === 'openai') return tools.map(({ name, description, inputSchema }) => ({ type: 'function' as const, function: { name, description, parameters: inputSchema } }))
  if (format === 'anthropic') return tools.map(({ name, description, inputSchema }) => ({ name, description, input_schema: inputSchema }))
  return tools.map(toTool)
}

function toTool({ name, kind, title, description, inputSchema, hints, operation, example }: DescribedTool): z.input<typeof tool> {
  return { name, kind, title, description, inputSchema, hints, ...operation && { operation }, ...example !== undefined && { example } }
}
