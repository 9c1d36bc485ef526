/** Flows, as tools need them. */
import type { JsonSchema } from '../../connectors/connector.ts'
import { HubError } from '../../errors.ts'
import type { FlowDefinition } from '../../flows/definition.ts'
import type { Definitions } from '../../flows/definitions.ts'
import { flowIdOf, placeOf } from '../../flows/flow-id.ts'
import type { Flows } from '../../flows/flows.ts'
import type { Runs } from '../../flows/runs/runs.ts'
import { compileSchema } from '../../lib/json/schema.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { ToolCall, ToolHints } from './tool.ts'

/** One that may be started: enabled, and published. */
export interface StartableFlow {
  /** `name`, or `namespace/name` outside the namespace `default`. */
  flowId: string
  version: string
  title: string
  summary: string
}

export interface DescribedFlow extends StartableFlow {
  /** Of its input, where the document says. */
  input: JsonSchema | undefined
  hints: ToolHints
}

export interface FlowRun { id: string, status: string, output?: unknown, error?: unknown }

export interface FlowSource {
  list(caller: Caller): Promise<StartableFlow[]>
  find(caller: Caller, flowId: string): Promise<DescribedFlow | undefined>
  /** Throws `invalid_input` with pointers below `/input`. */
  check(flow: DescribedFlow, input: unknown): void
  start(caller: Caller, flow: StartableFlow, options: { input: unknown } & Pick<ToolCall, 'idempotencyKey' | 'runId' | 'depth'>): Promise<FlowRun>
  /** The run when it is over, or when so much time has passed. */
  wait(caller: Caller, runId: string, waitMs: number): Promise<FlowRun>
  /** As `GET /api/v1/runs/{id}` answers it. Throws `not_found`. */
  read(caller: Caller, runId: string): Promise<unknown>
  cancel(caller: Caller, runId: string): Promise<FlowRun>
  /** Whether a tool call of the caller's key began it. */
  isBegunBy(caller: Caller, runId: string): Promise<boolean>
}

export interface FlowSourceDeps {
  flows: Pick<Flows, 'list'>
  definitions: Pick<Definitions, 'find' | 'version'>
  runs: Pick<Runs, 'start' | 'wait' | 'get' | 'look' | 'cancel'>
}

/** More than anybody writes. */
const MOST_PAGES = 20
const PAGE = 500

export function createFlowSource({ flows, definitions, runs }: FlowSourceDeps): FlowSource {
  return {
    async list(caller) {
      const found: StartableFlow[] = []
      let cursor: string | undefined
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const { data, nextCursor } = await flows.list(caller, { enabled: true }, { limit: PAGE, cursor })
        for (const { latestVersion, title, summary, ...place } of data) {
          if (latestVersion !== null) found.push({ flowId: flowIdOf(place), version: latestVersion, title: title ?? place.name, summary: summary ?? '' })
        }
        if (nextCursor === null) break
        cursor = nextCursor
      }
      return found
    },
    async find({ tenantId }, flowId) {
      const { namespace, name } = placeOf(flowId)
      const facts = await definitions.find(tenantId, namespace, name)
      if (facts === undefined || !facts.enabled || facts.latestVersion === null) return undefined
      const definition = await definitions.version(tenantId, facts.id, facts.latestVersion)
      return definition && { flowId: flowIdOf(facts), version: facts.latestVersion, ...describedIn(definition) }
    },
    check({ input: schema }, input) {
      const faults = schema === undefined ? [] : compileSchema(schema)(input)
      if (faults.length === 0) return
      const errors = faults.map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail }))
      throw new HubError('invalid_input', `${faults[0]!.pointer || 'The input'}: ${faults[0]!.detail}`, { errors, beforeSending: true })
    },
    start: (caller, { flowId, version }, { input, idempotencyKey, runId, depth = 0 }) => runs.start(caller, {
      flow: placeOf(flowId), version, input, idempotencyKey, trigger: { type: 'agent', actor: caller.actor, ...runId !== undefined && { runId, depth: depth + 1 } },
    }),
    async wait(caller, id, waitMs) {
      const end = await runs.wait(caller, id, waitMs)
      return end === undefined ? { id, status: 'running' } : { id, ...end }
    },
    async read(caller, id) {
      const { errorType: _errorType, error, ...shown } = await runs.get(caller, id)
      return { ...shown, ...error !== null && { error } }
    },
    cancel: (caller, id) => runs.cancel(caller, id),
    async isBegunBy(caller, id) {
      const run = await runs.look(caller, id)
      return run?.trigger.type === 'agent' && run.trigger['actor'] === caller.actor
    },
  }
}

function describedIn({ document, input }: FlowDefinition): Omit<DescribedFlow, 'flowId' | 'version'> {
  const { tool } = (document.metadata?.['interchange'] ?? {}) as { tool?: { title?: string, readOnly?: boolean, destructive?: boolean, idempotent?: boolean } }
  const schema = input?.schema?.document
  return {
    title: tool?.title ?? document.title ?? document.name, summary: document.summary ?? '', input: typeof schema === 'object' && schema !== null ? schema as JsonSchema : undefined,
    hints: { readOnly: tool?.readOnly, destructive: tool?.destructive, idempotent: tool?.idempotent },
  }
}

/** In the words of the Serverless Workflow DSL. */
export function isOver({ status }: Pick<FlowRun, 'status'>): boolean {
  return status === 'completed' || status === 'faulted' || status === 'cancelled'
}
