/** The hub's own tools: to look for others, to call what is not in the list, and to see what became of a call. */
import { z } from 'zod'
import type { JsonSchema } from '../../connectors/connector.ts'
import { HubError } from '../../errors.ts'
import type { Executions } from '../../executions/executions.ts'
import { isUuid } from '../../lib/page.ts'
import { parseInput } from '../../lib/zod-errors.ts'
import type { Audit } from '../../tenants/audit.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { Catalog } from './catalog.ts'
import type { OperationTools } from './operations.ts'
import type { Performance, PerformDeps } from './perform.ts'
import type { Reach } from './reach.ts'
import type { DescribedTool, ToolHints, ToolResult } from './tool.ts'

export interface HubToolDeps extends PerformDeps {
  catalog: Catalog
  operations: OperationTools
  executions: Pick<Executions, 'find'>
  audit: Pick<Audit, 'madeByToolCall' | 'record'>
}

export interface HubTool {
  name: string
  description: DescribedTool
  /** Whether it is of any use to somebody who reaches so far. */
  offered(reach: Reach): boolean
  run(deps: HubToolDeps, performance: Performance): Promise<ToolResult>
}

interface HubToolDefinition<Input extends z.ZodType> {
  name: string
  title: string
  description: string
  hints: ToolHints
  offered?: (reach: Reach) => boolean
  input: Input
  example: z.input<Input>
  run(deps: HubToolDeps, performance: Performance, input: z.output<Input>): Promise<ToolResult>
}

export const looksOnly: ToolHints = { readOnly: true, destructive: false, idempotent: true }

/** Names go into questions to the database, which knows no NUL. */
export const word = z.string().min(1).max(600).regex(/^[^\0]*$/, 'holds a NUL character')
export const page = {
  limit: z.number().int().min(1).max(100).default(20).describe('How many to answer at most.'),
  cursor: z.string().max(2000).optional().describe('`nextCursor` of the answer before.'),
}
export const dryRun = z.boolean().default(false).describe('Check the input and tell what would be done, without doing it.')

export function defineHubTool<Input extends z.ZodType>({ name, title, description, hints, offered = () => true, input, example, run }: HubToolDefinition<Input>): HubTool {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(input, { io: 'input' }) as JsonSchema
  return {
    name, offered, description: { name, kind: 'hub', title, description, hints, inputSchema, example },
    run: async (deps, performance) => run(deps, performance, parseInput(input, performance.call.arguments ?? {}, '')),
  }
}

export function answered(data: unknown): ToolResult {
  return { dataJson: JSON.stringify(data), dryRun: false }
}

/** What an agent's key did not begin is not there for it. Throws `not_found`. */
export async function mustRead(deps: Pick<HubToolDeps, 'audit' | 'flows'>, caller: Caller, kind: 'execution' | 'run', id: string): Promise<void> {
  if (!await mayRead(deps, caller, kind, id)) throw new HubError('not_found', `There is no such ${kind}, or it is not one of yours.`)
}

async function mayRead({ audit, flows }: Pick<HubToolDeps, 'audit' | 'flows'>, caller: Caller, kind: 'execution' | 'run', id: string): Promise<boolean> {
  if (!isUuid(id)) return false
  if (caller.agent === undefined) return caller.scopes.has(kind === 'execution' ? 'executions:read' : 'flows:read')
  // The audit log knows of a run only once the call that began it is over.
  return await audit.madeByToolCall(caller, id.toLowerCase()) || (kind === 'run' && await flows.isBegunBy(caller, id))
}

const searchTools = defineHubTool({
  name: 'search_tools', title: 'Search for tools', hints: looksOnly,
  description: 'Search all operations and flows that you may call, by words such as "create issue". Most are not in the list of tools: find them here, look at one with describe_tool, then call it with call_tool.',
  input: z.strictObject({ query: word.describe('What you want to do, in a few words.'), ...page }), example: { query: 'send email' },
  async run({ catalog }, { caller, reach }, { query, limit, cursor }) {
    const { data, nextCursor } = await catalog.page(caller, reach, { q: query, limit, cursor })
    return answered({ tools: data.map(({ name, kind, description }) => ({ name, kind, description })), nextCursor })
  },
})

const describeTool = defineHubTool({
  name: 'describe_tool', title: 'Describe a tool', hints: looksOnly,
  description: 'Get the description and the JSON Schema of the arguments of a tool that search_tools found.',
  input: z.strictObject({ name: word.describe('Name of the tool.') }), example: { name: 'Bookshop__getBook' },
  async run({ catalog }, { caller, reach }, { name }) {
    return answered(await catalog.describe(caller, reach, name))
  },
})

const callTool = defineHubTool({
  name: 'call_tool', title: 'Call a tool', hints: {},
  description: 'Call any tool that search_tools found, with arguments that fit the schema that describe_tool shows.',
  input: z.strictObject({
    name: word.describe('Name of the tool.'), arguments: z.record(z.string(), z.unknown()).default({}).describe('As its schema says.'), dry_run: dryRun,
  }),
  example: { name: 'Bookshop__getBook', arguments: { id: '17' } },
  run: (deps, performance, input) => deps.catalog.perform(deps, performance, { name: input.name, input: input.arguments, dryRun: input.dry_run, at: '/arguments' }),
})

const listIntegrations = defineHubTool({
  name: 'list_integrations', title: 'List integrations', hints: looksOnly, offered: ({ operations }) => operations.length > 0,
  description: 'List the services that are connected and of which you may run operations.',
  input: z.strictObject({ query: word.optional().describe('Words that they are about.'), ...page }), example: {},
  async run({ catalog }, { caller, reach }, { query, limit, cursor }) {
    const { data, nextCursor } = await catalog.integrations(caller, reach, { q: query, limit, cursor })
    return answered({ integrations: data, nextCursor })
  },
})

const describeIntegration = defineHubTool({
  name: 'describe_integration', title: 'Describe an integration', hints: looksOnly, offered: ({ operations }) => operations.length > 0,
  description: 'Get an integration with its operations, each with the tool that runs it.',
  input: z.strictObject({ integration: word.describe('Its name or id.'), query: word.optional().describe('Words that the operations are about.'), ...page }),
  example: { integration: 'Bookshop', query: 'orders' },
  async run({ catalog }, { caller, reach }, { integration, query, limit, cursor }) {
    return answered(await catalog.integration(caller, reach, { nameOrId: integration, q: query, limit, cursor }))
  },
})

const runOperation = defineHubTool({
  name: 'run_operation', title: 'Run an operation', hints: {}, offered: ({ operations }) => operations.length > 0,
  description: 'Run an operation of an integration by their names. The same as calling its tool.',
  input: z.strictObject({
    integration: word.describe('Name or id of the integration.'), operation: word.describe('Id of the operation.'), input: z.record(z.string(), z.unknown()).default({}).describe("As the operation's schema says."), dry_run: dryRun,
  }),
  example: { integration: 'Bookshop', operation: 'getBook', input: { id: '17' } },
  async run(deps, performance, { integration, operation, input, dry_run: dry }) {
    const tool = await deps.operations.findOperation(performance.caller, performance.reach, integration, operation)
    if (tool === undefined) throw new HubError('tool_not_found', `You may run no operation ${operation.slice(0, 200)} of ${integration.slice(0, 200)}: describe_integration lists those that you may.`)
    return deps.catalog.perform(deps, performance, { name: tool.name, input, dryRun: dry, at: '/input' })
  },
})

const getExecution = defineHubTool({
  name: 'get_execution', title: 'Get an execution', hints: looksOnly, offered: ({ operations }) => operations.length > 0,
  description: 'Get the record of an operation that was run: what was sent, what was answered, how long it took, what failed.',
  input: z.strictObject({ execution_id: word.describe('The id that the call answered.') }), example: { execution_id: '01980000-0000-7000-8000-000000000000' },
  async run(deps, { caller }, { execution_id: id }) {
    await mustRead(deps, caller, 'execution', id)
    return answered(await deps.executions.find(caller, id))
  },
})

export const operationHubTools: HubTool[] = [searchTools, describeTool, callTool, listIntegrations, describeIntegration, runOperation, getExecution]
