/** Agents: kept with their settings, and run as flows. */
import { uuidv7 } from 'uuidv7'
import { brokenUniqueConstraint, type Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { HubError } from '../../errors.ts'
import type { Flows } from '../../flows/flows.ts'
import type { RunEnd } from '../../flows/engine/end.ts'
import type { Runs, RunStatus } from '../../flows/runs/runs.ts'
import type { IntegrationRow, Integrations } from '../../integrations/integrations.ts'
import { compileSchema } from '../../lib/json/schema.ts'
import { isUuid, readCursor, toPage, type Page, type SearchRequest } from '../../lib/page.ts'
import { recordChange } from '../../tenants/audit.ts'
import type { Caller, Scope } from '../../tenants/caller.ts'
import type { DescribedTool } from '../tools/tool.ts'
import type { Tools } from '../tools/tools.ts'
import { deleteAgent, findAgent, findAgentByName, insertAgent, listAgents, updateAgent, type AgentRow } from './agents-store.ts'
import { AGENTS_NAMESPACE, documentOf, nextVersion } from './document.ts'
import { agentSettings, type AgentSettings } from './settings.ts'

export type { AgentRow } from './agents-store.ts'

export interface NewAgent extends AgentSettings { name: string }

export interface FromIntegration { integrationId: string, name?: string | undefined, model?: AgentSettings['model'] | undefined, instructions?: string | undefined }

export interface Capabilities { agent: AgentRow, tools: Pick<DescribedTool, 'name' | 'description'>[] }

/** Those about one agent throw HubError `not_found` where the caller's tenant has none of that id. */
export interface Agents {
  /** Throws `conflict` where the name is taken, `forbidden` where it would reach further than the caller. */
  create(caller: Caller, agent: NewAgent): Promise<AgentRow>
  /** One whose tools are all operations of an API. */
  createFromIntegration(caller: Caller, input: FromIntegration): Promise<AgentRow>
  list(caller: Caller, page: SearchRequest): Promise<Page<AgentRow>>
  find(caller: Caller, id: string): Promise<AgentRow>
  replace(caller: Caller, id: string, settings: AgentSettings, options: { ifMatch: string | undefined }): Promise<AgentRow>
  remove(caller: Caller, id: string): Promise<void>
  run(caller: Caller, id: string, options: { prompt: string, idempotencyKey: string | undefined, waitMs: number | undefined }): Promise<{ id: string, status: RunStatus, end?: RunEnd | undefined }>
  /** What agents can do: with `q`, those that have tools for it. */
  capabilities(caller: Caller, page: SearchRequest): Promise<Page<Capabilities>>
}

export interface AgentsDeps {
  database: Database
  flows: Pick<Flows, 'create' | 'remove'>
  runs: Pick<Runs, 'start' | 'startAndWait'>
  integrations: Pick<Integrations, 'find' | 'list'>
  tools: Pick<Tools, 'page' | 'short'>
}

export function createAgents(deps: AgentsDeps): Agents {
  const { database, flows, runs } = deps
  const inTenant = ({ tenantId }: Caller): Db => database.tenant(tenantId)
  const find = async (caller: Caller, id: string): Promise<AgentRow> => orNotFound(isUuid(id) ? await findAgent(inTenant(caller), caller.tenantId, id) : undefined)
  const create: Agents['create'] = (caller, agent) => createAgent(deps, caller, agent)
  return {
    create, find,
    createFromIntegration: async (caller, input) => create(caller, await agentFor(deps, caller, input)),
    async list(caller, { limit, cursor, q }) {
      const [after] = readCursor(cursor, 1) ?? []
      return toPage(await listAgents(inTenant(caller), caller.tenantId, { q, after, limit: limit + 1 }), limit, ({ name }) => [name])
    },
    replace: (caller, id, settings, options) => replaceAgent(deps, caller, { id, settings, ...options }),
    async remove(caller, id) {
      const { name } = await find(caller, id)
      await flows.remove(caller, `${AGENTS_NAMESPACE}/${name}`, { force: false })
      await inTenant(caller).transaction(async (db) => {
        await deleteAgent(db, caller.tenantId, id)
        await recordChange(db, caller, { action: 'agent.deleted', targetType: 'agent', targetId: id, detail: { name } })
      })
    },
    async run(caller, id, { prompt, idempotencyKey, waitMs }) {
      const { name, version } = await find(caller, id)
      const request = { flow: { namespace: AGENTS_NAMESPACE, name }, version, input: { prompt }, idempotencyKey, trigger: { type: 'agent' as const, agent: name, actor: caller.actor } }
      return waitMs === undefined ? runs.start(caller, request) : runs.startAndWait(caller, request, waitMs)
    },
    capabilities: (caller, search) => capabilities(deps, caller, search),
  }
}

async function createAgent({ database, flows }: AgentsDeps, caller: Caller, { name, ...settings }: NewAgent): Promise<AgentRow> {
  assertGrantable(caller, settings)
  const db = database.tenant(caller.tenantId)
  if (await findAgentByName(db, caller.tenantId, name) !== undefined) throw taken(name)
  // First: what cannot be a flow is no agent.
  const version = await publish(flows, caller, { name, settings, version: nextVersion() })
  try {
    return await db.transaction(async (db) => {
      const row = await insertAgent(db, caller.tenantId, { id: uuidv7(), name, settings, version, createdBy: caller.actor })
      await recordChange(db, caller, { action: 'agent.created', targetType: 'agent', targetId: row.id, detail: { name, tools: settings.tools } })
      return row
    })
  } catch (error) {
    throw brokenUniqueConstraint(error) === undefined ? error : taken(name)
  }
}

async function replaceAgent({ database, flows }: AgentsDeps, caller: Caller, { id, settings, ifMatch }: { id: string, settings: AgentSettings, ifMatch: string | undefined }): Promise<AgentRow> {
  assertGrantable(caller, settings)
  const db = database.tenant(caller.tenantId)
  const { name, revision, version: before } = orNotFound(isUuid(id) ? await findAgent(db, caller.tenantId, id) : undefined)
  const overtaken = (): HubError => new HubError('precondition_failed', 'The agent was changed meanwhile: read it again.')
  if (ifMatch !== undefined && ifMatch !== String(revision)) throw overtaken()
  // Runs that are under way stay on the version that they began with.
  const version = await publish(flows, caller, { name, settings, version: nextVersion(before) })
  return db.transaction(async (db) => {
    const row = await updateAgent(db, caller.tenantId, { id, settings, version, revision })
    if (row === undefined) throw overtaken()
    await recordChange(db, caller, { action: 'agent.changed', targetType: 'agent', targetId: id, detail: { name: row.name, tools: settings.tools } })
    return row
  })
}

async function publish(flows: AgentsDeps['flows'], caller: Caller, { name, version, settings }: Pick<AgentRow, 'name' | 'version' | 'settings'>): Promise<string> {
  await flows.create(caller, { text: JSON.stringify(documentOf(name, version, settings)), format: 'json' }, { draft: false, allowMissing: true })
  return version
}

/** Nobody makes an agent that may do what he may not. */
function assertGrantable({ scopes }: Caller, { tools, outputSchema }: AgentSettings): void {
  const wanted: Scope[] = ['integrations:run', ...tools.flows.length > 0 ? ['flows:run' as const] : []]
  const missing = wanted.filter((scope) => !scopes.has(scope))
  if (missing.length > 0) throw new HubError('forbidden', `An agent with these tools needs a key with ${missing.join(', ')}.`, { errors: [{ pointer: '/tools', detail: `needs ${missing.join(', ')}` }] })
  if (outputSchema === undefined) return
  try {
    compileSchema(outputSchema)
  } catch (error) {
    const [first] = error instanceof HubError ? error.errors ?? [] : []
    throw new HubError('invalid_input', 'The output schema is no JSON Schema that can be read.', { cause: error, errors: [{ pointer: `/outputSchema${first?.pointer ?? ''}`, detail: first?.detail ?? 'is no JSON Schema' }] })
  }
}

async function agentFor({ integrations }: AgentsDeps, caller: Caller, { integrationId, name, model, instructions }: FromIntegration): Promise<NewAgent> {
  const integration = await integrations.find(caller, integrationId).catch((error: unknown) => {
    throw error instanceof HubError && error.code === 'not_found' ? new HubError('invalid_input', 'There is no such integration.', { cause: error, errors: [{ pointer: '/integrationId', detail: 'is no integration' }] }) : error
  })
  const settings = agentSettings.parse({
    description: `Works with ${integration.name}.${integration.description === '' ? '' : ` ${integration.description}`}`.slice(0, 2000),
    model: model ?? await onlyModel(integrations, caller),
    instructions: instructions ?? `You work with the service ${integration.name} by its operations, which are your tools. Find the right ones with search_tools where they are not in your list. Say plainly what you did and what you found; where something failed, say so.`,
    tools: { operations: [`${integration.id}/*`] },
  })
  return { name: name ?? nameFor(integration), ...settings }
}

async function onlyModel(integrations: AgentsDeps['integrations'], caller: Caller): Promise<AgentSettings['model']> {
  const { data } = await integrations.list(caller, { q: undefined, connector: 'ai-service', kind: undefined, status: 'active', tag: undefined }, { limit: 2 })
  if (data.length === 1) return { integration: data[0]!.id }
  throw new HubError('invalid_input', data.length === 0 ? 'There is no integration of the connector ai-service: make one first.' : 'There are several integrations of the connector ai-service: name one as the model.', { errors: [{ pointer: '/model', detail: 'is needed' }] })
}

function nameFor({ name, id }: IntegrationRow): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40).replace(/-+$/, '')
  return `${plain === '' ? 'api' : plain}-${id.slice(-6)}`
}

/** Enough to choose by. */
const TOOLS_SHOWN = 5

async function capabilities({ database, tools }: AgentsDeps, caller: Caller, { limit, cursor, q }: SearchRequest): Promise<Page<Capabilities>> {
  const [after] = readCursor(cursor, 1) ?? []
  const rows = await listAgents(database.tenant(caller.tenantId), caller.tenantId, { q: undefined, after, limit: limit + 1 })
  const { data, nextCursor } = toPage(rows, limit, ({ name }) => [name])
  const found = await Promise.all(data.map(async (agent) => {
    const own = { ...caller, agent: { ...agent.settings.tools, callsPerMinute: 1, quota: null, dryRun: false } }
    const { data: listed } = await tools.page(own, { q, limit: TOOLS_SHOWN })
    const isMeant = q === undefined || `${agent.name} ${agent.settings.description}`.toLowerCase().includes(q.toLowerCase())
    return { agent, tools: listed.map(({ name, description }) => ({ name, description })), isMeant }
  }))
  return { data: found.filter(({ isMeant, tools: own }) => isMeant || own.length > 0).map(({ agent, tools: own }) => ({ agent, tools: own })), nextCursor }
}

function orNotFound(row: AgentRow | undefined): AgentRow {
  if (row === undefined) throw new HubError('not_found', 'There is no such agent.')
  return row
}

function taken(name: string): HubError {
  return new HubError('conflict', `There is an agent ${name} already.`, { errors: [{ pointer: '/name', detail: 'is taken' }] })
}
