/** A folder of files as the source of flows: first a plan of what would change, then all of it at once, or nothing. */
import { createHash } from 'node:crypto'
import type { Db } from '../db/db.ts'
import { HubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Surroundings } from './document/calls.ts'
import { hasErrors, refusingAbsences, type Finding } from './document/finding.ts'
import { readSource, splitDocuments, type SourceFormat } from './document/source.ts'
import { identityOf, validate, type Identity, type Validation } from './document/validate.ts'
import { flowIdOf, placeIn, placeOf } from './flow-id.ts'
import { changing, record, type Absences, type FlowsDeps } from './flows.ts'
import { countLive, findFlowRow, listStored, markDeleted } from './flows-store.ts'
import { fingerprint, store } from './storing.ts'
import { placeSchedules } from './triggers/placing.ts'

export interface FlowFile { path: string, content: string }

export interface PlanOptions extends Absences {
  /** Flows that no file has are removed, in the namespaces that the files have. */
  prune: boolean
}

/** `version`: a new one of a flow that is there. `publish`: what is a draft. `conflict`: published with another content, or still running where it would be removed. */
export type PlanAction = 'create' | 'version' | 'publish' | 'unchanged' | 'conflict' | 'invalid' | 'remove'

export interface PlanItem {
  action: PlanAction
  /** Null where the file does not say. */
  flow: string | null
  version: string | null
  /** Null for what no file has. */
  path: string | null
  /** Errors and warnings, with lines of the file. */
  findings: Finding[]
  detail: string | null
}

export interface Plan {
  /** By their paths; removals come last. */
  items: PlanItem[]
  /** Nothing is in the way. */
  applicable: boolean
  /** The same for the same files against the same flows: give it to `apply` to have exactly this plan carried out. */
  digest: string
}

export interface Apply {
  plan(caller: Caller, files: FlowFile[], options: PlanOptions): Promise<Plan>
  /** Throws HubError `invalid_document` or `conflict`, with the plan, where something is in the way or the plan is not `digest`'s any more: then nothing is changed. */
  apply(caller: Caller, files: FlowFile[], options: PlanOptions & { digest: string | undefined }): Promise<Plan>
}

export const MOST_FILES = 1000

interface Candidate { path: string, text: string, format: SourceFormat, validation: Validation }

export function createApply(deps: FlowsDeps): Apply {
  return {
    async plan(caller, files, options) {
      return planOf(deps.database.tenant(caller.tenantId), caller, await read(deps, caller, files, options), options)
    },
    async apply(caller, files, { digest, ...options }) {
      const candidates = await read(deps, caller, files, options)
      return changing(deps, caller, async (db) => {
        // Nobody else applies to the tenant meanwhile.
        await db.query(`select pg_advisory_xact_lock(hashtextextended('flows:' || $1, 0))`, [caller.tenantId])
        const plan = await planOf(db, caller, candidates, options)
        if (digest !== undefined && digest !== plan.digest) throw new HubError('conflict', 'The flows have changed since this plan was made. Look at the new one.', { extra: { plan } })
        if (!plan.applicable) throw blocked(plan)
        for (const candidate of candidates) await keep(db, caller, candidate)
        for (const item of plan.items) if (item.action === 'remove') await removeOne(db, caller, item)
        return plan
      })
    },
  }
}

/** File by file, and in each document by document. */
async function read({ jq, surroundings }: FlowsDeps, caller: Caller, files: FlowFile[], { allowMissing }: Absences): Promise<Candidate[]> {
  const documents = files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).flatMap(documentsOf)
  const around = withFlowsOf(documents, surroundings(caller))
  const candidates: Candidate[] = []
  for (const { line, ...document } of documents) {
    const validation = await validate(document.text, document.format, { jq, batchKey: caller.tenantId, surroundings: around })
    const findings = validation.findings.map((finding) => ({ ...finding, line: finding.line + line }))
    candidates.push({ ...document, validation: { ...validation, findings: allowMissing ? findings : refusingAbsences(findings) } })
  }
  return candidates
}

type FileDocument = Omit<Candidate, 'validation'> & { line: number }

function documentsOf({ path, content }: FlowFile): FileDocument[] {
  const format: SourceFormat = /\.json$/i.test(path) ? 'json' : 'yaml'
  return (format === 'json' ? [{ text: content, line: 0 }] : splitDocuments(content)).map((document) => ({ ...document, path, format }))
}

/** Flows of the same files may run one another, whichever comes first. */
function withFlowsOf(documents: FileDocument[], around: Surroundings): Surroundings {
  let known: Identity[] | undefined
  return {
    ...around,
    async hasFlow(namespace, name, version) {
      known ??= documents.map(({ text, format }) => identityOf(readSource(text, format).value))
      return known.some((each) => each.namespace === namespace && each.name === name && (version === undefined || version === 'latest' || each.version === version)) || around.hasFlow(namespace, name, version)
    },
  }
}

type Known = Awaited<ReturnType<typeof listStored>>[number]

async function planOf(db: Db, caller: Caller, candidates: Candidate[], { prune }: PlanOptions): Promise<Plan> {
  const namespaces = [...new Set(candidates.flatMap(({ validation: { definition } }) => (definition === undefined ? [] : [definition.document.namespace])))]
  const stored = await listStored(db, caller.tenantId, namespaces)
  const known = new Map(stored.map((flow) => [flowIdOf(flow), flow]))
  const taken = new Map<string, string>()
  const items = candidates.map((candidate) => planOne(candidate, known, taken))
  if (prune) {
    const kept = new Set(items.map(({ flow }) => flow))
    // A file that cannot be read may be any flow's.
    const certain = items.every(({ action }) => action !== 'invalid')
    for (const flow of certain ? stored : []) if (!kept.has(flowIdOf(flow))) items.push(await planRemoval(db, caller, flow))
  }
  const digest = createHash('sha256').update(JSON.stringify([items.map(({ action, flow, version, path }) => [action, flow, version, path]), candidates.map(({ validation }) => fingerprint(validation.definition ?? null))])).digest('hex')
  return { items, applicable: items.every(({ action }) => action !== 'invalid' && action !== 'conflict'), digest }
}

function planOne({ path, validation: { definition, findings, identity } }: Candidate, known: Map<string, Known>, taken: Map<string, string>): PlanItem {
  const { namespace = 'default', name, version = null } = identity
  const flow = definition === undefined ? name === undefined ? null : flowIdOf({ namespace, name }) : flowIdOf(placeIn(definition))
  const item = (action: PlanAction, detail: string | null = null): PlanItem => ({ action, flow, version, path, findings, detail })
  if (definition === undefined) return item('invalid')
  const key = `${flow} ${version}`
  const other = taken.get(key)
  if (other !== undefined) return item('invalid', `${other === path ? 'This file' : other} has ${flow} ${version} too.`)
  taken.set(key, path)
  const before = known.get(flow!)
  const same = before?.versions.find((each) => each.version === version)
  if (same?.status !== 'published' && hasErrors(findings)) return item('invalid')
  if (before === undefined) return item('create')
  if (same === undefined) return item('version', before.latestVersion === null ? null : `${before.latestVersion} is published now.`)
  if (same.status === 'draft') return item('publish')
  return same.sha256 === fingerprint(definition) ? item('unchanged') : item('conflict', `${version} is published with another content, which never changes. Give it another version.`)
}

async function planRemoval(db: Db, caller: Caller, flow: Known): Promise<PlanItem> {
  const live = await countLive(db, caller.tenantId, flow.id)
  return {
    action: live > 0 ? 'conflict' : 'remove', flow: flowIdOf(flow), version: flow.latestVersion, path: null, findings: [],
    detail: live > 0 ? `No file has it, but ${live > 1000 ? 'more than 1,000' : live} of its runs are not over.` : 'No file has it.',
  }
}

function blocked(plan: Plan): HubError {
  const invalid = plan.items.filter(({ action }) => action === 'invalid')
  const code = invalid.length > 0 ? 'invalid_document' : 'conflict'
  const count = plan.items.filter(({ action }) => action === 'invalid' || action === 'conflict').length
  return new HubError(code, `${count === 1 ? 'One flow is' : `${count} flows are`} in the way; nothing was changed.`, { extra: { plan } })
}

async function keep(db: Db, caller: Caller, { text, format, validation: { definition, findings } }: Candidate): Promise<void> {
  await store(db, caller, { definition: definition!, source: { text, format }, findings, draft: false })
}

async function removeOne(db: Db, caller: Caller, { flow }: PlanItem): Promise<void> {
  const row = await findFlowRow(db, caller.tenantId, placeOf(flow!), { lock: true })
  if (row === undefined) return
  await markDeleted(db, caller.tenantId, row.id)
  await placeSchedules(db, caller.tenantId, row.id)
  await record(db, caller, 'flow.deleted', { ...row, detail: { pruned: true } })
}
