/** How a version comes into the tables: drafts may change, what is published never does. */
import { createHash } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { Db } from '../db/db.ts'
import { HubError } from '../errors.ts'
import { canonical } from '../lib/json/canonical.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import type { FlowDefinition } from './definition.ts'
import type { Finding } from './document/finding.ts'
import type { SourceFormat } from './document/source.ts'
import { flowIdOf, placeIn, type FlowPlace } from './flow-id.ts'
import { findFlowRow, insertFlow, insertVersion, listVersions, updateFlow, type FlowRow } from './flows-store.ts'
import { placeSchedules } from './triggers/placing.ts'
import { compareVersions } from './version.ts'

/** `version`: of a flow that was there. `published`: what was a draft. */
export type StoreOutcome = 'created' | 'version' | 'draft' | 'published' | 'unchanged'

export interface ToStore {
  definition: FlowDefinition
  source: { text: string, format: SourceFormat }
  findings: Finding[]
  draft: boolean
  /** The revision of the flow that the change was made from. */
  ifMatch?: string | undefined
}

export interface Stored extends FlowPlace { version: string, status: 'draft' | 'published', outcome: StoreOutcome }

/** Of the definition, whatever its text looks like. */
export function fingerprint(definition: unknown): string {
  return createHash('sha256').update(canonical(definition)).digest('hex')
}

/** Throws HubError `precondition_failed`. */
export function requireRevision({ revision }: Pick<FlowRow, 'revision'>, ifMatch: string | undefined): void {
  if (ifMatch !== undefined && ifMatch !== String(revision)) throw new HubError('precondition_failed', 'Somebody changed the flow meanwhile. Read it again, then write your change.')
}

/** Within a transaction. Throws HubError `conflict` for a published version with another content, `precondition_failed`. */
export async function store(db: Db, caller: Caller, { definition, source, findings, draft, ifMatch }: ToStore): Promise<Stored> {
  const { tenantId, actor } = caller
  const place = placeIn(definition)
  const { version } = definition.document
  const sha256 = fingerprint(definition)
  const { flow, isNew } = await findOrInsert(db, tenantId, place)
  if (!isNew) requireRevision(flow, ifMatch)
  const versions = await listVersions(db, tenantId, flow.id)
  const before = versions.find((each) => each.version === version)
  const status = draft ? 'draft' : 'published'
  if (before?.status === 'published') {
    if (before.sha256 !== sha256) throw versionTaken(place, version)
    return { ...place, version, status: 'published', outcome: 'unchanged' }
  }
  if (draft && before?.sha256 === sha256) return { ...place, version, status, outcome: 'unchanged' }
  await insertVersion(db, tenantId, { flowId: flow.id, version, status, format: source.format, source: source.text, sha256, findings, createdBy: actor, definition })
  await updateFlow(db, tenantId, flow.id, draft ? {} : { latestVersion: latestOf(version, flow.latestVersion) })
  if (!draft) await placeSchedules(db, tenantId, flow.id)
  await recordChange(db, caller, { action: draft ? 'flow.drafted' : 'flow.published', targetType: 'flow', targetId: flow.id, detail: { flow: flowIdOf(place), version } })
  return { ...place, version, status, outcome: draft ? 'draft' : isNew ? 'created' : before === undefined ? 'version' : 'published' }
}

async function findOrInsert(db: Db, tenantId: string, place: FlowPlace): Promise<{ flow: Pick<FlowRow, 'id' | 'latestVersion' | 'revision'>, isNew: boolean }> {
  // Somebody may store the same flow at this moment: one of both makes it, and the other waits for the lock.
  const id = await insertFlow(db, tenantId, { id: uuidv7(), ...place })
  if (id !== undefined) return { flow: { id, latestVersion: null, revision: 1 }, isNew: true }
  const flow = await findFlowRow(db, tenantId, place, { lock: true })
  if (flow === undefined) throw new HubError('conflict', `The flow ${flowIdOf(place)} is just being deleted. Try again.`)
  return { flow, isNew: false }
}

/** A fix of an older version is not what new runs begin with. */
function latestOf(version: string, latest: string | null): string {
  return latest !== null && compareVersions(latest, version) > 0 ? latest : version
}

function versionTaken(place: FlowPlace, version: string): HubError {
  return new HubError('conflict', `${flowIdOf(place)} has another content under version ${version}, and what is published never changes. Give it another version.`, {
    errors: [{ pointer: '/document/version', detail: 'is published with another content' }],
  })
}
