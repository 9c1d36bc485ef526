/** Flows as documents: stored, published, compared, handed out again. */
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { HubError } from '../errors.ts'
import type { Jq } from '../lib/jq/jq.ts'
import { readCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import type { AuditAction } from '../tenants/audit-actions.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { FLOWS_CHANGED, type Definitions } from './definitions.ts'
import { compareDefinitions, type FlowDiff } from './diff.ts'
import type { Surroundings } from './document/calls.ts'
import { hasErrors, refusingAbsences, type Finding } from './document/finding.ts'
import { asYaml, type SourceFormat } from './document/source.ts'
import { validate, type Validation } from './document/validate.ts'
import { createExpressions, type Variables } from './expressions/evaluate.ts'
import { flowIdOf, placeOf, type FlowPlace } from './flow-id.ts'
import { presentFlows, type PresentFlow } from './library/library.ts'
import {
  countLive, deleteDraft, findFlowRow, findVersionSource, listFlows, listSources, listVersions, markDeleted, updateFlow,
  type FlowFilter, type FlowRow, type VersionRow, type VersionSource,
} from './flows-store.ts'
import { fingerprint, requireRevision, store, type StoreOutcome } from './storing.ts'
import { placeSchedules } from './triggers/placing.ts'
import { compareVersions } from './version.ts'

export type { FlowRow, VersionRow, VersionSource } from './flows-store.ts'

export interface FlowSource { text: string, format: SourceFormat }

/** What was stored, or was there already with the same content. */
export interface StoredFlow extends FlowPlace {
  version: string
  status: 'draft' | 'published'
  outcome: StoreOutcome
  warnings: Finding[]
}

/** `bare`: the value is jq as a whole. Variables are those beside `$input`. */
export interface Evaluation { value: unknown, bare: boolean, input: unknown, variables: Variables }

/** What a document names (integrations, operations, credentials, flows) and the tenant does not have is a warning; otherwise it is an error. */
export interface Absences { allowMissing: boolean }

/** `flowId` is `name` or `namespace/name`. Those about one flow throw HubError `not_found` where the caller's tenant has none of that name. */
export interface Flows {
  /** Throws HubError `invalid_document` with every error and its place, `conflict` for a published version with another content, `precondition_failed` where the flow is not as it was read. */
  create(caller: Caller, source: FlowSource, options: Absences & { draft: boolean, ifMatch?: string | undefined }): Promise<StoredFlow>
  /** Stores nothing. */
  validate(caller: Caller, source: FlowSource, options: Absences): Promise<Validation>
  /** What an expression comes to on data that is given: nothing is looked up, no secret opened. Throws HubError as jq does. */
  evaluate(caller: Caller, request: Evaluation): Promise<unknown>
  list(caller: Caller, filter: FlowFilter, page: PageRequest): Promise<Page<FlowRow>>
  find(caller: Caller, flowId: string): Promise<FlowRow>
  /** The highest first. */
  versions(caller: Caller, flowId: string, page: PageRequest): Promise<Page<VersionRow>>
  /** As it was given. The latest published version, or the newest draft where there is none, unless one is named. */
  source(caller: Caller, flowId: string, version: string | undefined): Promise<VersionSource & FlowPlace>
  /** Throws as `create` does. */
  publish(caller: Caller, flowId: string, version: string, options: Absences): Promise<StoredFlow>
  /** Throws HubError `precondition_failed`. */
  setEnabled(caller: Caller, flowId: string, enabled: boolean, options: { ifMatch: string | undefined }): Promise<FlowRow>
  /** Throws HubError `conflict` while runs live, unless `force`: then those go on, and no further one begins. */
  remove(caller: Caller, flowId: string, options: { force: boolean }): Promise<void>
  /** Throws HubError `conflict` for a published one. */
  removeDraft(caller: Caller, flowId: string, version: string): Promise<void>
  /** From an earlier version to a later one; the two highest unless named. */
  diff(caller: Caller, flowId: string, between: { from: string | undefined, to: string | undefined }): Promise<FlowDiff & FlowPlace>
  /** The latest version of each flow as YAML documents, one after another. */
  export(caller: Caller, namespace: string | undefined): AsyncIterable<string>
}

export interface FlowsDeps {
  database: Database
  jq: Jq
  definitions: Definitions
  surroundings(caller: Caller): Surroundings
}

export function createFlows(deps: FlowsDeps): Flows {
  const { database } = deps
  const inTenant = ({ tenantId }: Caller): Db => database.tenant(tenantId)
  const one = (caller: Caller, flowId: string): Promise<FlowRow> => find(inTenant(caller), caller, flowId)
  return {
    create: (caller, source, options) => create(deps, caller, source, options),
    validate: (caller, source, options) => check(deps, caller, source, options),

    evaluate({ tenantId }, { value, bare, input, variables }) {
      // Apart from the expressions of runs: who tries things out keeps none of them waiting.
      const expressions = createExpressions({ jq: deps.jq, batchKey: `${tenantId} previews` })
      return expressions.evaluate(value, input, { ...unknown, input, ...variables }, { bare })
    },

    async list(caller, filter, { limit, cursor }) {
      const after = readCursor(cursor, 2)
      const rows = await listFlows(inTenant(caller), caller.tenantId, filter, { after, limit: limit + 1 })
      const predefined = await listPresent(inTenant(caller), caller, filter, after)
      return toPage([...rows, ...predefined].sort(byName).slice(0, limit + 1), limit, ({ namespace, name }) => [namespace, name])
    },

    find: one,

    async versions(caller, flowId, { limit, cursor }) {
      const { id, predefined } = await one(caller, flowId)
      if (predefined) return { data: [versionOfPresent(presentAt(flowId)!)], nextCursor: null }
      const [after] = readCursor(cursor, 1) ?? []
      const sorted = (await listVersions(inTenant(caller), caller.tenantId, id)).sort(highestFirst)
      return toPage(sorted.slice(sorted.findIndex(({ version }) => version === after) + 1), limit, ({ version }) => [version])
    },

    source: (caller, flowId, version) => sourceOf(inTenant(caller), caller, flowId, version),

    async publish(caller, flowId, version, options) {
      const { id, ...place } = await one(caller, flowId)
      const { source, format, status, findings } = orNoVersion(await findVersionSource(inTenant(caller), caller.tenantId, id, version), version)
      if (status === 'published') return { ...placed(place), version, status, outcome: 'unchanged', warnings: findings }
      // What it names may have gone or come since it was stored.
      return create(deps, caller, { text: source, format }, { ...options, draft: false })
    },

    setEnabled: (caller, flowId, enabled, options) => setEnabled(deps, caller, { flowId, enabled, ...options }),
    remove: (caller, flowId, options) => remove(deps, caller, flowId, options),

    async removeDraft(caller, flowId, version) {
      await changing(deps, caller, async (db) => {
        const { id, ...place } = await find(db, caller, flowId, { lock: true })
        if (!await deleteDraft(db, caller.tenantId, id, version)) {
          orNoVersion(await findVersionSource(db, caller.tenantId, id, version), version)
          throw new HubError('conflict', `Version ${version} is published: it stays, since runs may follow it.`)
        }
        await record(db, caller, 'flow.draft_deleted', { ...place, id, detail: { version } })
      })
    },

    async diff(caller, flowId, { from, to }) {
      const db = inTenant(caller)
      const { id, ...place } = await one(caller, flowId)
      const [highest, second] = (await listVersions(db, caller.tenantId, id)).sort(highestFirst)
      const read = async (version: string | undefined): Promise<VersionSource> => orNoVersion(version === undefined ? undefined : await findVersionSource(db, caller.tenantId, id, version), version ?? 'before')
      return { ...placed(place), ...compareDefinitions(await read(from ?? second?.version), await read(to ?? highest?.version)) }
    },

    export: (caller, namespace) => exportAll(inTenant(caller), caller.tenantId, namespace),
  }
}

/** What every expression may name. */
const unknown: Variables = { context: {}, output: null, secrets: {}, authorization: null, task: {}, workflow: {}, runtime: {} }

function placed({ namespace, name }: FlowPlace): FlowPlace {
  return { namespace, name }
}

function highestFirst(a: Pick<VersionRow, 'version'>, b: Pick<VersionRow, 'version'>): number {
  return compareVersions(b.version, a.version) || (a.version < b.version ? -1 : 1)
}

async function check({ jq, surroundings }: FlowsDeps, caller: Caller, { text, format }: FlowSource, { allowMissing }: Absences): Promise<Validation> {
  const found = await validate(text, format, { jq, batchKey: caller.tenantId, surroundings: surroundings(caller) })
  if (allowMissing) return found
  const findings = refusingAbsences(found.findings)
  return { ...found, findings, definition: hasErrors(findings) ? undefined : found.definition }
}

async function create(deps: FlowsDeps, caller: Caller, source: FlowSource, { draft, ifMatch, allowMissing }: Parameters<Flows['create']>[2]): Promise<StoredFlow> {
  const { definition, findings } = await check(deps, caller, source, { allowMissing })
  if (definition === undefined) throw invalidDocument(findings)
  const stored = await changing(deps, caller, (db) => store(db, caller, { definition, source, findings, draft, ifMatch }))
  return { ...stored, warnings: findings }
}

/** `findings` has the warnings too, and the places as numbers. */
function invalidDocument(findings: Finding[]): HubError {
  const errors = findings.filter((finding) => hasErrors([finding]))
  const [first] = errors
  const more = errors.length > 1 ? ` There are ${errors.length} errors in all.` : ''
  return new HubError('invalid_document', `Line ${first!.line}, column ${first!.column}: ${first!.pointer || 'the document'} ${first!.detail}.${more}`, {
    errors: errors.map(({ pointer, detail, line, column }) => ({ pointer, detail: `${detail} (line ${line}, column ${column})` })), extra: { findings },
  })
}

/** In a transaction, after which everybody forgets what they remember of the tenant's flows. */
export async function changing<Result>({ database, definitions }: Pick<FlowsDeps, 'database' | 'definitions'>, { tenantId }: Caller, change: (db: Db) => Promise<Result>): Promise<Result> {
  const result = await database.tenant(tenantId).transaction(async (db) => {
    const done = await change(db)
    await db.query('select pg_notify($1, $2)', [FLOWS_CHANGED, `${tenantId}:`])
    return done
  })
  definitions.forget(tenantId)
  return result
}

async function setEnabled(deps: FlowsDeps, caller: Caller, { flowId, enabled, ifMatch }: { flowId: string, enabled: boolean, ifMatch: string | undefined }): Promise<FlowRow> {
  return changing(deps, caller, async (db) => {
    const before = await find(db, caller, flowId, { lock: true })
    requireRevision(before, ifMatch)
    if (before.enabled === enabled) return before
    await updateFlow(db, caller.tenantId, before.id, { enabled })
    await placeSchedules(db, caller.tenantId, before.id)
    await record(db, caller, enabled ? 'flow.enabled' : 'flow.disabled', before)
    return find(db, caller, flowId)
  })
}

async function remove(deps: FlowsDeps, caller: Caller, flowId: string, { force }: { force: boolean }): Promise<void> {
  await changing(deps, caller, async (db) => {
    const row = await find(db, caller, flowId, { lock: true })
    const live = await countLive(db, caller.tenantId, row.id)
    if (live > 0 && !force) throw new HubError('conflict', `${live > 1000 ? 'More than 1,000' : live} of its runs are not over yet. Cancel them, or delete it with \`?force=true\`: they go on to their end then.`)
    await markDeleted(db, caller.tenantId, row.id)
    await placeSchedules(db, caller.tenantId, row.id)
    await record(db, caller, 'flow.deleted', { ...row, detail: { liveRuns: live } })
  })
}

async function find(db: Db, { tenantId }: Caller, flowId: string, options?: { lock: boolean }): Promise<FlowRow> {
  const row = await findFlowRow(db, tenantId, placeOf(flowId), options) ?? (options?.lock ? undefined : rowOfPresent(presentAt(flowId)))
  if (row === undefined) throw new HubError('not_found', 'There is no such flow.')
  return row
}

function byName(a: FlowPlace, b: FlowPlace): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name)
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function presentAt(flowId: string): PresentFlow | undefined {
  const { namespace, name } = placeOf(flowId)
  return presentFlows().get(`${namespace}/${name}`)
}

/** There before anybody stored anything. */
const always = new Date(0)

function rowOfPresent(flow: PresentFlow | undefined): FlowRow | undefined {
  if (flow === undefined) return undefined
  const { title = null, summary = null } = flow.definition.document
  return { ...flow.facts, title, summary, revision: 0, createdAt: always, updatedAt: always, predefined: true }
}

function versionOfPresent({ version, source, definition }: PresentFlow): VersionSource {
  return { version, status: 'published', format: 'yaml', sha256: fingerprint(definition), findings: [], createdBy: 'system', createdAt: always, publishedAt: always, source }
}

/** Those that the tenant has no flow of its own for. */
async function listPresent(db: Db, { tenantId }: Caller, { q = '', namespace, enabled = true }: FlowFilter, after: string[] | undefined): Promise<FlowRow[]> {
  const rows = [...presentFlows().values()].map((flow) => rowOfPresent(flow)!).filter((row) => enabled && (namespace === undefined || row.namespace === namespace)
    && (after === undefined || byName(row, { namespace: after[0]!, name: after[1]! }) > 0)
    && `${row.namespace}/${row.name} ${row.title ?? ''} ${row.summary ?? ''}`.toLowerCase().includes(q.toLowerCase()))
  const own = await Promise.all(rows.map((row) => findFlowRow(db, tenantId, row)))
  return rows.filter((_row, index) => own[index] === undefined)
}

function orNoVersion<Version>(version: Version | undefined, wanted: string): Version {
  if (version === undefined) throw new HubError('not_found', `The flow has no version ${wanted.slice(0, 100)}.`)
  return version
}

async function sourceOf(db: Db, caller: Caller, flowId: string, version: string | undefined): Promise<VersionSource & FlowPlace> {
  const { id, latestVersion, predefined, ...place } = await find(db, caller, flowId)
  if (predefined) return { ...placed(place), ...orNoVersion(version === undefined || version === latestVersion ? versionOfPresent(presentAt(flowId)!) : undefined, version!) }
  const wanted = version ?? latestVersion ?? (await listVersions(db, caller.tenantId, id)).sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0]?.version ?? 'of any kind'
  return { ...placed(place), ...orNoVersion(await findVersionSource(db, caller.tenantId, id, wanted), wanted) }
}

export async function record(db: Db, caller: Caller, action: AuditAction, { id, detail = {}, ...place }: FlowPlace & { id: string, detail?: Record<string, unknown> }): Promise<void> {
  await recordChange(db, caller, { action, targetType: 'flow', targetId: id, detail: { flow: flowIdOf(place), ...detail } })
}

const EXPORTED_AT_ONCE = 100

async function* exportAll(db: Db, tenantId: string, namespace: string | undefined): AsyncGenerator<string> {
  let after: string[] | undefined
  do {
    const rows = await listSources(db, tenantId, { namespace, after, limit: EXPORTED_AT_ONCE })
    for (const { source, format } of rows) yield `---\n${asYaml(source, format).replace(/^(?:%.*\n)*---[ \t]*\n/, '').replace(/\s*$/, '\n')}`
    const last = rows.length === EXPORTED_AT_ONCE ? rows.at(-1) : undefined
    after = last && [last.namespace, last.name]
  } while (after !== undefined)
}
