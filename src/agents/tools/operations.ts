/** Operations as tools. Built anew for each question from what the registry has in memory, so that nothing here grows stale. */
import type { Connector, JsonSchema, OperationSummary } from '../../connectors/connector.ts'
import type { Integrations, RunnableRow } from '../../integrations/integrations.ts'
import { matchesAnyGlob } from '../../lib/glob.ts'
import type { Caller } from '../../tenants/caller.ts'
import { integrationPart, operationPart, splitToolName, toolName } from './names.ts'
import { reachesOperation, type Reach } from './reach.ts'
import type { DescribedTool, Tool } from './tool.ts'
import { wordsOf, type Searchable } from './words.ts'

export interface ConnectorSource { find(tenantId: string, id: string): Promise<Connector | undefined> }

export interface ReachedIntegration {
  row: RunnableRow
  connector: Connector
  /** Of its tools' names. */
  part: string
  /** Those that the caller reaches. */
  operations: KnownOperation[]
}

export interface KnownOperation { summary: OperationSummary, part: string, text: Searchable }

export interface OperationTool extends Tool { kind: 'operation', integration: ReachedIntegration, operation: KnownOperation }

export interface OperationTools {
  /** Every integration of which the caller reaches an operation. */
  reached(caller: Caller, reach: Reach): Promise<ReachedIntegration[]>
  /** By the tool's name; undefined for what is not there or out of reach. */
  find(caller: Caller, reach: Reach, name: string): Promise<OperationTool | undefined>
  /** By the names of its parts: the integration's own name or its id. */
  findOperation(caller: Caller, reach: Reach, integration: string, operation: string): Promise<OperationTool | undefined>
}

export function createOperationTools({ integrations, connectors }: { integrations: Pick<Integrations, 'runnable'>, connectors: ConnectorSource }): OperationTools {
  const known = new WeakMap<Connector, Promise<KnownOperation[]>>()
  const operationsOf = (connector: Connector): Promise<KnownOperation[]> => {
    let found = known.get(connector)
    if (found === undefined) {
      found = connector.operations.list().then((all) => all.map(knownOf))
      // A failed look is not remembered.
      found.catch(() => known.delete(connector))
      known.set(connector, found)
    }
    return found
  }

  const reachedOf = async (caller: Caller, reach: Reach, wanted: (part: string, row: RunnableRow) => boolean): Promise<ReachedIntegration[]> => {
    if (reach.operations.length === 0) return []
    const rows = await integrations.runnable(caller)
    const shared = namesOfSeveral(rows)
    const named = rows.map((row) => ({ row, part: integrationPart(row, shared.has(row.name)) })).filter(({ row, part }) => wanted(part, row))
    const found = await Promise.all(named.map(async ({ row, part }) => {
      const connector = await connectors.find(caller.tenantId, row.connector)
      if (connector === undefined) return undefined
      const operations = (await operationsOf(connector)).filter(({ summary: { id } }) => matchesAnyGlob(row.usage.allowedOperations, id) && reachesOperation(reach, row, id))
      return operations.length === 0 ? undefined : { row, connector, part, operations }
    }))
    return found.filter((each) => each !== undefined)
  }

  const pick = (found: ReachedIntegration[], wanted: (operation: KnownOperation) => boolean): OperationTool | undefined => {
    for (const integration of found) {
      const operation = integration.operations.find(wanted)
      if (operation !== undefined) return toTool(integration, operation)
    }
    return undefined
  }

  return {
    reached: (caller, reach) => reachedOf(caller, reach, () => true),
    async find(caller, reach, name) {
      const parts = splitToolName(name)
      return parts && pick(await reachedOf(caller, reach, (part) => part === parts.first), ({ part }) => part === parts.second)
    },
    async findOperation(caller, reach, integration, operation) {
      const reached = await reachedOf(caller, reach, (_part, row) => row.name === integration || row.id === integration.toLowerCase())
      // A name that several have means none of them.
      return reached.length > 1 ? undefined : pick(reached, ({ summary }) => summary.id === operation)
    },
  }
}

function namesOfSeveral(rows: RunnableRow[]): Set<string> {
  const seen = new Set<string>()
  return new Set(rows.map(({ name }) => name).filter((name) => seen.has(name) || !seen.add(name)))
}

function knownOf(summary: OperationSummary): KnownOperation {
  const { id, summary: text, description = '', path = '', tags = [] } = summary
  return { summary, part: operationPart(id), text: { name: wordsOf(id), summary: wordsOf(text), description: wordsOf([description, path, ...tags].join(' ')) } }
}

const LONGEST_DESCRIPTION = 1000

export function toTool(integration: ReachedIntegration, operation: KnownOperation): OperationTool {
  const { row, part } = integration
  const { id, summary, description = '', deprecated } = operation.summary
  const text = [deprecated ? 'Deprecated.' : '', `${summary} (${row.name})`, description === summary ? '' : description].filter((each) => each !== '').join('\n')
  return {
    name: toolName(part, operation.part), kind: 'operation', title: `${row.name}: ${id}`,
    description: text.length > LONGEST_DESCRIPTION ? `${text.slice(0, LONGEST_DESCRIPTION).toWellFormed()} …` : text, integration, operation,
  }
}

/** With its schema, read from the connector's document. Undefined where the operation is gone meanwhile. */
export async function describeOperation(tool: OperationTool): Promise<DescribedTool | undefined> {
  const { name, kind, title, description, integration: { connector, row }, operation: { summary } } = tool
  const operation = await connector.operations.find(summary.id)
  if (operation === undefined) return undefined
  const readOnly = typeof operation.readOnly === 'function' ? undefined : operation.readOnly ?? false
  const idempotent = typeof operation.retrySafe === 'function' ? undefined : operation.retrySafe
  return {
    name, kind, title, description, inputSchema: asObject(operation.input), operation: { integrationId: row.id, id: summary.id },
    hints: { readOnly, idempotent, destructive: readOnly ? false : destroys(summary.method) },
    ...operation.example !== undefined && { example: operation.example },
  }
}

/** A POST adds; what else changes may take something away. Of an operation without a method nothing is known. */
function destroys(method: string | undefined): boolean | undefined {
  return method === undefined ? undefined : method.toUpperCase() !== 'POST'
}

/** Clients take nothing but an object for arguments. */
export function asObject(schema: JsonSchema): JsonSchema {
  return schema['type'] === 'object' ? schema : { ...schema, type: 'object' }
}
