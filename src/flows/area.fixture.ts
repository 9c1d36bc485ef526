/** The running of flows with what it stands on, and nothing else of the hub. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { parse } from 'yaml'
import { createBlobs, type Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import { addTenant } from '../events/area.fixture.ts'
import { createFeed } from '../events/feed.ts'
import { createFollowers } from '../events/followers.ts'
import type { HubEvent } from '../events/hub-events.ts'
import { createInbox } from '../events/inbox.ts'
import { createPublishing, type Publishing } from '../events/publishing.ts'
import { createEventTypes } from '../events/types.ts'
import { createJq, type Jq } from '../lib/jq/jq.ts'
import { noMask } from '../lib/mask.ts'
import type { Caller } from '../tenants/caller.ts'
import type { FlowDefinition, TaskList } from './definition.ts'
import { createDefinitions, type Definitions } from './definitions.ts'
import type { Effect, EffectContext, Effects, FunctionArguments } from './effect.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import type { RunObserver } from './engine/observer.ts'
import { fault } from './fault.ts'
import { createListening } from './listening/listening.ts'
import type { RunRecord } from './runs/record.ts'
import { createAdmission } from './runs/admission.ts'
import { createLifecycle } from './runs/lifecycle.ts'
import { createRuns, type Runs } from './runs/runs.ts'
import { createStarting, type Starting } from './runs/start.ts'
import { createSurroundings } from './runs/surroundings.ts'
import { createFlowSecrets } from './secrets.ts'

export interface FlowsArea {
  database: Database
  blobs: Blobs
  jq: Jq
  caller: Caller
  definitions: Definitions
  engine: Engine
  starting: Starting
  runs: Runs
  publishing: Publishing
  errors: unknown[]
  /** Lifecycle events. */
  told: ({ tenantId: string } & HubEvent)[]
  /** Stores a definition, and answers its name. */
  add(definition: Partial<FlowDefinition> | string | TaskList): Promise<string>
  /** Runs one to its end. */
  run(definition: Partial<FlowDefinition> | string | TaskList, input?: unknown): Promise<RunRecord>
}

export interface FlowsOptions {
  /** What `call: <name>` does. */
  functions?: Record<string, (args: unknown, context: EffectContext) => unknown>
  caller?: Caller
  /** By id: what `use.secrets` names. */
  credentials?: Record<string, Record<string, unknown>>
}

const WAIT_MS = 30_000

export async function withFlows<Result>(database: Database, work: (area: FlowsArea) => Promise<Result>, { functions = {}, caller: given, credentials = {} }: FlowsOptions = {}): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'interchange-flows-'))
  const blobs = createBlobs({ database, folder })
  const jq = createJq({ threads: 2 })
  const caller = given ?? await addTenant(database)
  const definitions = createDefinitions({ database })
  const errors: unknown[] = []
  const told: FlowsArea['told'] = []
  const onError = (error: unknown): void => { errors.push(error) }
  const secrets = createFlowSecrets({ credentials: { open: (_tenantId, id) => (Object.hasOwn(credentials, id) ? Promise.resolve({ values: credentials[id]!, mask: noMask }) : Promise.reject(new HubError('credential_missing', 'none'))) } })
  const feed = createFeed({ database, pollMs: 20, onError })
  const inbox = createInbox({ database, blobs, announce: () => undefined, fanout: { plan: () => [], committed: () => undefined, dropped: () => undefined, uncertain: () => undefined } })
  const publishing = createPublishing({ inbox, types: createEventTypes({ database, connectors: [] }), commands: [], wake: (tenantId) => { feed.wake(tenantId) } })
  const listening = createListening({ database, followers: createFollowers({ database, blobs, feed, onError, leaseSeconds: 2 }), jq, wake: () => { engine.wake() }, onError })
  const observers: Partial<RunObserver>[] = [createLifecycle({ announce: (tenantId, event) => { told.push({ tenantId, ...event }) } })]
  const engine: Engine = createEngine({
    database, blobs, jq, definitions, onError, observers,
    services: createSurroundings({
      database, blobs, effects: effectsOf(functions), secrets, publishing, listening, heard: async () => undefined, starting: () => starting, wake: () => { engine.wake() },
      loadSchema: () => Promise.reject(fault('configuration', 'There are no schemas elsewhere here.')),
    }),
  })
  const starting: Starting = createStarting({ database, blobs, jq, definitions, engine, began: () => undefined, pending: (run) => { admission.look(run) } })
  const admission = createAdmission({ database, definitions, engine, onError })
  observers.push(admission.observer)
  const runs = createRuns({ database, blobs, jq, definitions, engine, starting, maskOf: (tenantId, definition) => secrets.maskOf(tenantId, definition) })
  const add: FlowsArea['add'] = (definition) => addFlow(database, caller, definition)
  await engine.start()
  listening.start()
  admission.start()
  try {
    return await work({
      database, blobs, jq, caller, definitions, engine, starting, runs, publishing, errors, told, add,
      async run(definition, input = {}) {
        const { id } = await runs.startAndWait(caller, { flow: { namespace: 'default', name: await add(definition) }, input, trigger: { type: 'api' } }, WAIT_MS)
        return runs.get(caller, id)
      },
    })
  } finally {
    await listening.stop()
    await admission.stop()
    await inbox.drain()
    await starting.drain()
    await engine.stop()
    await jq.close()
    await rm(folder, { recursive: true, force: true })
  }
}

export function effectsOf(functions: FlowsOptions['functions']): Effects {
  const call: Effect<FunctionArguments> = async ({ name, with: given }, context) => {
    const known = functions?.[name]
    if (known === undefined) throw fault('configuration', `There is no function ${name}.`)
    return known(given, context)
  }
  return { kinds: { function: call as Effect<never> }, resolveAuthentication: () => Promise.reject(fault('configuration', 'none')) }
}

/** YAML, a definition, or only its tasks. */
export async function addFlow(database: Database, { tenantId }: Pick<Caller, 'tenantId'>, given: Partial<FlowDefinition> | string | TaskList): Promise<string> {
  const part = typeof given === 'string' ? parse(given) as Partial<FlowDefinition> | TaskList : given
  const partial: Partial<FlowDefinition> = Array.isArray(part) ? { do: part } : part
  const id = uuidv7()
  const document = { dsl: '1.0.3', namespace: 'default', name: `flow-${id}`, version: '1.0.0', ...partial.document }
  const text = JSON.stringify({ ...partial, document })
  await database.tenant(tenantId).query('insert into flows (tenant_id, id, namespace, name, latest_version) values ($1, $2, $3, $4, $5)', [tenantId, id, document.namespace, document.name, document.version])
  await database.tenant(tenantId).query(
    `insert into flow_versions (tenant_id, flow_id, version, status, format, source, definition, sha256, created_by) values ($1, $2, $3, 'published', 'json', $4::text, $4::text::json, $5, 'test')`,
    [tenantId, id, document.version, text, createHash('sha256').update(text).digest('hex')])
  return document.name
}
