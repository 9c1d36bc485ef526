/** All tools that stand for something: looked through in pages, the short list of them, one by its name. */
import type { OperationSummary } from '../../connectors/connector.ts'
import { HubError } from '../../errors.ts'
import { readCursor, toPage, type Page, type PageRequest } from '../../lib/page.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { DescribedFlow, FlowSource, StartableFlow } from './flow-source.ts'
import { flowToolName, splitToolName } from './names.ts'
import { asObject, describeOperation, toTool, type OperationTool, type OperationTools, type ReachedIntegration } from './operations.ts'
import { performFlow, performOperation, type Performance, type PerformDeps } from './perform.ts'
import { reachesFlow, runnerOf, type Reach } from './reach.ts'
import type { DescribedTool, Tool, ToolResult } from './tool.ts'
import { rank, wordsOf, type Searchable } from './words.ts'

interface Search extends PageRequest { q?: string | undefined }

interface FlowTool extends Tool { kind: 'flow', flow: StartableFlow }
type AnyTool = OperationTool | FlowTool

export interface IntegrationFacts { id: string, name: string, description: string, connector: string, operations: number }

/** An operation as it is found, without its schemas. */
export interface FoundOperation extends OperationSummary { integrationId: string, integration: string, connector: string }

export interface Catalog {
  operations(caller: Caller, reach: Reach, search: Search): Promise<Page<FoundOperation>>
  page(caller: Caller, reach: Reach, search: Search): Promise<Page<AnyTool>>
  /** Throws `tool_not_found`. */
  describe(caller: Caller, reach: Reach, name: string): Promise<DescribedTool>
  describeAll(caller: Caller, tools: AnyTool[]): Promise<DescribedTool[]>
  /** Those that an agent is shown at once: all that fit in, the services with few operations first, and always what its policy names. */
  short(caller: Caller, reach: Reach, most: number): Promise<AnyTool[]>
  flows(caller: Caller, reach: Reach, search: Search): Promise<Page<StartableFlow>>
  integrations(caller: Caller, reach: Reach, search: Search): Promise<Page<IntegrationFacts>>
  /** Throws `tool_not_found`. */
  integration(caller: Caller, reach: Reach, search: Search & { nameOrId: string }): Promise<IntegrationFacts & { tools: { operation: string, summary: string, tool: string }[], nextCursor: string | null }>
  /** Throws `tool_not_found`. `at`: where in the call's arguments the input stands. */
  perform(deps: PerformDeps, performance: Performance, options: { name: string, input: unknown, dryRun: boolean, at: string }): Promise<ToolResult>
}

export function createCatalog({ operations, flows }: { operations: OperationTools, flows: FlowSource }): Catalog {
  const flowsOf = async (caller: Caller, reach: Reach): Promise<StartableFlow[]> =>
    reach.flows.length === 0 ? [] : (await flows.list(runnerOf(caller))).filter(({ flowId }) => reachesFlow(reach, flowId))
  const all = async (caller: Caller, reach: Reach): Promise<AnyTool[]> => {
    const [reached, started] = await Promise.all([operations.reached(caller, reach), flowsOf(caller, reach)])
    return [...started.map(toFlowTool), ...reached.flatMap(toolsOf)]
  }
  const find = async (caller: Caller, reach: Reach, name: string): Promise<AnyTool> => {
    const tool = splitToolName(name)?.first === 'flow'
      ? (await flowsOf(caller, reach)).map(toFlowTool).find((each) => each.name === name)
      : await operations.find(caller, reach, name)
    if (tool === undefined) throw new HubError('tool_not_found', `There is no tool ${name.slice(0, 100)} that you may call: search_tools finds those that you may.`)
    return tool
  }
  const describedFlow = async (caller: Caller, { name, flow: { flowId } }: FlowTool): Promise<DescribedFlow> => {
    const flow = await flows.find(runnerOf(caller), flowId)
    if (flow === undefined) throw new HubError('tool_not_found', `The flow behind the tool ${name} is gone.`)
    return flow
  }
  const describe = async (caller: Caller, tool: AnyTool): Promise<DescribedTool | undefined> => {
    if (tool.kind === 'operation') return describeOperation(tool)
    const found = await flows.find(runnerOf(caller), tool.flow.flowId)
    return found && { name: tool.name, kind: tool.kind, title: tool.title, description: tool.description, hints: found.hints, inputSchema: asObject(found.input ?? {}) }
  }
  return {
    operations: async (caller, reach, search) => foundWithin((await operations.reached(caller, reach)).flatMap(toolsOf), search),
    page: async (caller, reach, search) => pageOf(search.q === undefined ? await all(caller, reach) : rank(await all(caller, reach), textOf, search.q), search),
    describeAll: async (caller, tools) => (await Promise.all(tools.map((tool) => describe(caller, tool)))).filter((each) => each !== undefined),
    async describe(caller, reach, name) {
      const described = await describe(caller, await find(caller, reach, name))
      if (described === undefined) throw new HubError('tool_not_found', `The tool ${name.slice(0, 100)} is gone.`)
      return described
    },
    short: async (caller, reach, most) => shortOf(await operations.reached(caller, reach), await flowsOf(caller, reach), reach, most),
    flows: async (caller, reach, { q, ...page }) => {
      const found = await flowsOf(caller, reach)
      return pageOf(q === undefined ? found : rank(found, textOfFlow, q), page)
    },
    integrations: async (caller, reach, { q, ...page }) => {
      const found = (await operations.reached(caller, reach)).map(factsOf)
      return pageOf(q === undefined ? found : rank(found, ({ name, description, connector }) => ({ name: wordsOf(name), summary: wordsOf(connector), description: wordsOf(description) }), q), page)
    },
    integration: async (caller, reach, { nameOrId, q, ...page }) => {
      const [found, ...more] = (await operations.reached(caller, reach)).filter(({ row }) => row.id === nameOrId.toLowerCase() || row.name === nameOrId)
      if (found === undefined) throw new HubError('tool_not_found', `You reach no integration ${nameOrId.slice(0, 200)}: list_integrations lists those that you do.`)
      if (more.length > 0) throw new HubError('invalid_input', `Several integrations are called ${nameOrId.slice(0, 200)}: name one by its id.`, { errors: [{ pointer: '/integration', detail: 'is the name of several' }] })
      const tools = toolsOf(found)
      const { data, nextCursor } = pageOf(q === undefined ? tools : rank(tools, textOf, q), page)
      return { ...factsOf(found), tools: data.map(({ name, operation: { summary: { id, summary } } }) => ({ operation: id, summary, tool: name })), nextCursor }
    },
    async perform(deps, performance, { name, input, dryRun, at }) {
      const tool = await find(performance.caller, performance.reach, name)
      const dry = dryRun || performance.call.dryRun
      if (tool.kind === 'operation') return performOperation(deps, performance, tool, { input, dryRun: dry, at })
      return performFlow(deps, performance, await describedFlow(performance.caller, tool), { input, dryRun: dry, waitMs: performance.call.waitMs, at })
    },
  }
}

function toolsOf(integration: ReachedIntegration): OperationTool[] {
  return integration.operations.map((operation) => toTool(integration, operation))
}

function foundWithin(tools: OperationTool[], { q, ...page }: Search): Page<FoundOperation> {
  const { data, nextCursor } = pageOf(q === undefined ? tools : rank(tools, textOf, q), page)
  return { nextCursor, data: data.map(({ operation: { summary }, integration: { row } }) => ({ ...summary, integrationId: row.id, integration: row.name, connector: row.connector })) }
}

function toFlowTool(flow: StartableFlow): FlowTool {
  return { name: flowToolName(flow.flowId), kind: 'flow', title: flow.title, description: `${flow.summary || flow.title} (flow ${flow.flowId})`, flow }
}

function textOf(tool: AnyTool): Searchable {
  if (tool.kind === 'flow') return textOfFlow(tool.flow)
  const { operation: { text }, integration: { row } } = tool
  // The service's name is part of what is asked for: "create a GitHub issue".
  return { ...text, name: `${text.name}${wordsOf(row.name).slice(1)}` }
}

function textOfFlow({ flowId, title, summary }: StartableFlow): Searchable {
  return { name: wordsOf(flowId), summary: wordsOf(title), description: wordsOf(summary) }
}

function factsOf({ row: { id, name, description, connector }, operations }: ReachedIntegration): IntegrationFacts {
  return { id, name, description, connector, operations: operations.length }
}

function shortOf(reached: ReachedIntegration[], flows: StartableFlow[], { operations }: Reach, most: number): AnyTool[] {
  const named = new Set(operations.filter((glob) => !glob.includes('*')))
  const isNamed = ({ integration: { row }, operation: { summary: { id } } }: OperationTool): boolean => named.has(`${row.name}/${id}`) || named.has(`${row.id}/${id}`)
  const chosen: AnyTool[] = [...flows.map(toFlowTool), ...reached.flatMap((each) => toolsOf(each).filter(isNamed))].slice(0, most)
  // A part of a service's operations would pass for all of them: each is in the list whole, or is searched for.
  for (const each of reached.toSorted((a, b) => a.operations.length - b.operations.length)) {
    const rest = each.operations.length > most ? undefined : toolsOf(each).filter((tool) => !isNamed(tool))
    if (rest === undefined || chosen.length + rest.length > most) break
    chosen.push(...rest)
  }
  return chosen
}

/** By position: what is listed is put together anew each time. */
function pageOf<Item>(items: Item[], { limit, cursor }: PageRequest): Page<Item> {
  const start = Number(readCursor(cursor, 1)?.[0] ?? 0)
  if (!Number.isSafeInteger(start) || start < 0) readCursor('?', 1)
  return toPage(items.slice(start, start + limit + 1), limit, () => [String(start + limit)])
}
