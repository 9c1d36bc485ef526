/** Tools for agents, however they ask: over MCP, over HTTP, from within a run. Every call is limited, kept within its caller's reach, and noted. */
import { HubError, isHubError } from '../../errors.ts'
import type { Executions } from '../../executions/executions.ts'
import type { Page, PageRequest } from '../../lib/page.ts'
import type { Audit } from '../../tenants/audit.ts'
import type { Caller } from '../../tenants/caller.ts'
import { createCatalog, type FoundOperation } from './catalog.ts'
import { flowHubTools } from './flow-hub-tools.ts'
import { mustRead, operationHubTools, type HubTool, type HubToolDeps } from './hub-tools.ts'
import { createToolLimits } from './limits.ts'
import { createOperationTools, type ConnectorSource } from './operations.ts'
import type { CallRecord, PerformDeps } from './perform.ts'
import { reachOf, runnerOf, type Reach } from './reach.ts'
import type { DescribedTool, ToolCall, ToolResult } from './tool.ts'
import type { Integrations } from '../../integrations/integrations.ts'

export interface ToolsDeps extends Omit<PerformDeps, 'limits'> {
  integrations: Pick<Integrations, 'runnable'>
  connectors: ConnectorSource
  executions: Pick<Executions, 'find'>
  audit: Audit
}

export interface Made { kind: 'execution' | 'run', id: string, at: Date, tool: string }

export interface Tools {
  /** The hub's own, then those that fit into a short list; all others are found by search. */
  short(caller: Caller): Promise<DescribedTool[]>
  /** All of them, or those that a query finds, the best first. */
  page(caller: Caller, search: PageRequest & { q?: string | undefined }): Promise<Page<DescribedTool>>
  /** Operations alone, without their schemas: of all integrations, or those that a query finds, the best first. */
  operations(caller: Caller, search: PageRequest & { q?: string | undefined }): Promise<Page<FoundOperation>>
  /** Throws `tool_not_found`. */
  describe(caller: Caller, name: string): Promise<DescribedTool>
  call(caller: Caller, call: ToolCall): Promise<ToolResult>
  /** What the caller's last calls made, the newest first. */
  made(caller: Caller): Promise<Made[]>
  /** The record of an execution or a run that the caller may read. Throws `not_found`. */
  read(caller: Caller, kind: Made['kind'], id: string): Promise<unknown>
}

/** An agent reads the list whole, with each question that it is asked. */
const MOST_LISTED = 40
/** Of JSON that schemas take: about a quarter of a small model's context. */
const MOST_LISTED_TEXT = 100_000

export function createTools(given: ToolsDeps): Tools {
  const operations = createOperationTools(given)
  const catalog = createCatalog({ operations, flows: given.flows })
  const limits = createToolLimits(given.audit)
  const deps: HubToolDeps = { ...given, operations, catalog, limits }
  const hubTools = new Map([...flowHubTools, ...operationHubTools].map((tool) => [tool.name, tool]))
  const offered = (reach: Reach): DescribedTool[] => [...hubTools.values()].filter((tool) => tool.offered(reach)).map(({ description }) => description)

  return {
    async short(caller) {
      const reach = reachOf(caller)
      return [...offered(reach), ...withinText(await catalog.describeAll(caller, await catalog.short(caller, reach, MOST_LISTED)))]
    },
    async page(caller, search) {
      const { data, nextCursor } = await catalog.page(caller, reachOf(caller), search)
      return { data: await catalog.describeAll(caller, data), nextCursor }
    },
    operations: (caller, search) => catalog.operations(caller, reachOf(caller), search),
    async describe(caller, name) {
      const reach = reachOf(caller)
      const own = hubTools.get(name)
      return own?.offered(reach) ? own.description : catalog.describe(caller, reach, name)
    },
    call: (caller, call) => noted(deps, caller, call, hubTools.get(call.name)),
    async made(caller) {
      const rows = await given.audit.lastToolTargets(caller, 50)
      return rows.map(({ at, targetType, targetId, detail }) => ({ at, kind: targetType as Made['kind'], id: targetId, tool: String(detail['tool']) }))
    },
    async read(caller, kind, id) {
      await mustRead(deps, caller, kind, id)
      return kind === 'execution' ? given.executions.find(caller, id) : given.flows.read(runnerOf(caller), id)
    },
  }
}

/** Tools with schemas that are too long for the list are found by search, and described one by one. */
function withinText(tools: DescribedTool[]): DescribedTool[] {
  let left = MOST_LISTED_TEXT
  return tools.filter((tool) => {
    const length = JSON.stringify(tool.inputSchema).length
    if (length > left) return false
    left -= length
    return true
  })
}

/** The audit log has each call that was looked at. Those over the limit are not even that: they would fill it. */
async function noted(deps: HubToolDeps, caller: Caller, call: ToolCall, own: HubTool | undefined): Promise<ToolResult> {
  deps.limits.take(caller)
  const record: CallRecord = { did: 'read' }
  const began = performance.now()
  try {
    const result = await perform(deps, caller, { call, record, own })
    await note(deps, caller, { tool: call.name, call, record, outcome: 'succeeded', began })
    return result
  } catch (error) {
    // Of what is no tool the name may be anything, and is not kept.
    await note(deps, caller, { tool: own === undefined && record.of === undefined ? 'unknown' : call.name, call, record, outcome: isHubError(error) ? error.code : 'internal', began })
    throw error
  }
}

async function perform(deps: HubToolDeps, caller: Caller, { call, record, own }: { call: ToolCall, record: CallRecord, own: HubTool | undefined }): Promise<ToolResult> {
  const reach = reachOf(caller)
  const performance = { caller, reach, call, record }
  if (own === undefined) return deps.catalog.perform(deps, performance, { name: call.name, input: call.arguments, dryRun: call.dryRun, at: '' })
  if (!own.offered(reach)) throw new HubError('tool_not_found', `There is no tool ${call.name} for this key: its policy names nothing that it could be used on.`)
  return own.run(deps, performance)
}

interface Note { tool: string, call: ToolCall, record: CallRecord, outcome: string, began: number }

async function note({ audit }: Pick<HubToolDeps, 'audit'>, caller: Caller, { tool, call, record, outcome, began }: Note): Promise<void> {
  const { did, of, execution, run } = record
  await audit.record(caller, {
    action: did === 'read' && outcome !== 'succeeded' ? 'tool.refused' : `tool.${did}`,
    targetType: run !== undefined ? 'run' : execution !== undefined ? 'execution' : 'tool', targetId: run ?? execution ?? tool,
    detail: { tool, ...of !== undefined && { of }, outcome, arguments: namesOf(call.arguments), ms: Math.round(performance.now() - began), by: call.sourceComponent },
  })
}

const MOST_NAMES = 20

/** Arguments may hold anything: only what they are called is kept, and only what looks like a name. The execution and the run have their masked values. */
function namesOf(given: unknown): string[] {
  if (given === null || typeof given !== 'object') return []
  return Object.keys(given).filter((name) => /^[A-Za-z_][\w.-]{0,63}$/.test(name)).slice(0, MOST_NAMES)
}
