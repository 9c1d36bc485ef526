/** Webhook sources: where others post to us. */
import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { OwnSecrets } from '../../credentials/own.ts'
import type { Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { HubError } from '../../errors.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { isUuid, readIdCursor, toPage, type Page, type PageRequest } from '../../lib/page.ts'
import { parseInput } from '../../lib/zod-errors.ts'
import type { AuditAction } from '../../tenants/audit-actions.ts'
import { recordChange } from '../../tenants/audit.ts'
import type { Caller } from '../../tenants/caller.ts'
import { checkPrograms, checkSecret, draftOf, invalid, type Draft } from './draft.ts'
import { WEBHOOK_SOURCES_CHANGED, type LoadedSources } from './loaded.ts'
import { schemeNamed } from './schemes/index.ts'
import { keepSecrets, openSecrets, ownerOf, type SourceSecrets } from './secrets.ts'
import { sourceInput, type SourceInput, type SourcePatch } from './settings.ts'
import { deleteSource, findSource, findSourceIds, insertSource, listSources, updateSource, type SourceFilter, type SourceRow, type SourceStatus } from './sources-store.ts'

export type { SourceRow } from './sources-store.ts'

/** Those about one source throw HubError `not_found` where the caller's tenant has none of that id. */
export interface WebhookSources {
  /** Throws HubError `invalid_input` with pointers. */
  create(caller: Caller, input: SourceInput): Promise<SourceRow>
  list(caller: Caller, filter: SourceFilter & PageRequest): Promise<Page<SourceRow>>
  find(caller: Caller, id: string): Promise<SourceRow>
  /** Ids of those of the name, and of the one of the id. */
  idsOf(tenantId: string, nameOrId: string): Promise<string[]>
  /** What is left out falls back to its default, but secrets stay. Throws HubError `precondition_failed`. */
  replace(caller: Caller, id: string, input: SourceInput, options: { ifMatch: string | undefined }): Promise<SourceRow>
  /** Only the given fields change, each as a whole but for `verification`. Null puts a default back. */
  patch(caller: Caller, id: string, change: SourcePatch, options: { ifMatch: string | undefined }): Promise<SourceRow>
  setStatus(caller: Caller, id: string, status: SourceStatus): Promise<SourceRow>
  remove(caller: Caller, id: string, options?: { ifMatch?: string | undefined }): Promise<void>
  /** The old secret holds for the overlap. `secret` of the answer: the new one where it was made here. */
  rotateSecret(caller: Caller, id: string, input: { secret?: string | undefined, overlapSeconds: number }): Promise<{ row: SourceRow, secret: string | undefined }>
}

export interface SourcesDeps { database: Database, own: OwnSecrets, loaded: LoadedSources, jq: Jq }

const PREVIOUS_SECRETS_MAX = 4

export function createWebhookSources(deps: SourcesDeps): WebhookSources {
  const { database } = deps
  const one = async ({ tenantId }: Caller, id: string): Promise<SourceRow> => orNotFound(isUuid(id) ? await findSource(database.tenant(tenantId), tenantId, id) : undefined)
  return {
    create: (caller, input) => create(deps, caller, input),
    async list({ tenantId }, { limit, cursor, ...filter }) {
      const rows = await listSources(database.tenant(tenantId), tenantId, filter, { after: readIdCursor(cursor), limit: limit + 1 })
      return toPage(rows, limit, (row) => [row.id])
    },
    find: one,
    idsOf: (tenantId, nameOrId) => findSourceIds(database.tenant(tenantId), tenantId, nameOrId),
    replace: async (caller, id, input, { ifMatch }) => update(deps, caller, { before: await one(caller, id), ifMatch, merge: () => input, fields: Object.keys(input) }),
    patch: async (caller, id, change, { ifMatch }) => update(deps, caller, { before: await one(caller, id), ifMatch, merge: (before) => merged(before, change), fields: Object.keys(change) }),
    async setStatus(caller, id, status) {
      const before = await one(caller, id)
      if (before.status === status) return before
      return update(deps, caller, { before, ifMatch: undefined, merge: (row) => merged(row, { status }), fields: ['status'] })
    },
    async remove(caller, id, { ifMatch } = {}) {
      const { tenantId } = caller
      await database.tenant(tenantId).transaction(async (db) => {
        const row = orNotFound(isUuid(id) ? await deleteSource(db, tenantId, id) : undefined)
        if (ifMatch !== undefined && ifMatch !== String(row.revision)) throw changedMeanwhile()
        await deps.own.remove(db, tenantId, ownerOf(id))
        await recordChange(db, caller, { action: 'webhook_source.deleted', targetType: 'webhook_source', targetId: id, detail: { name: row.name } })
        await tellOthers(db, tenantId, id)
      })
      changed(deps, tenantId, id)
    },
    rotateSecret: async (caller, id, input) => rotate(deps, caller, await one(caller, id), input),
  }
}

async function create(deps: SourcesDeps, caller: Caller, input: SourceInput): Promise<SourceRow> {
  const { tenantId } = caller
  const draft = draftOf(input, undefined)
  await checkPrograms(deps.jq, tenantId, input)
  const { name, status } = input
  return deps.database.tenant(tenantId).transaction(async (db) => {
    const row = await insertSource(db, tenantId, { id: uuidv7(), name, status, path: randomBytes(20).toString('base64url'), settings: draft.settings })
    if (draft.secretsChanged) await keepSecrets(deps.own, db, tenantId, row.id, draft.secrets)
    await recordChange(db, caller, { action: 'webhook_source.created', targetType: 'webhook_source', targetId: row.id, detail: { name, scheme: draft.settings.verification.scheme } })
    return row
  })
}

interface Update {
  before: SourceRow
  ifMatch: string | undefined
  /** From what is there to what is to be there. */
  merge(before: SourceRow): SourceInput
  /** For the audit log. */
  fields: string[]
}

async function update(deps: SourcesDeps, caller: Caller, { before, ifMatch, merge, fields }: Update): Promise<SourceRow> {
  if (ifMatch !== undefined && ifMatch !== String(before.revision)) throw changedMeanwhile()
  const { tenantId } = caller
  const input = merge(before)
  const draft = draftOf(input, { settings: before.settings, secrets: await freshSecrets(deps, tenantId, before.id) })
  await checkPrograms(deps.jq, tenantId, input)
  return write(deps, caller, before, { ...draft, name: input.name, status: input.status, action: 'webhook_source.updated', detail: { fields } })
}

async function rotate(deps: SourcesDeps, caller: Caller, before: SourceRow, { secret: given, overlapSeconds }: { secret?: string | undefined, overlapSeconds: number }): Promise<{ row: SourceRow, secret: string | undefined }> {
  const { settings } = before
  const scheme = schemeNamed(settings.verification.scheme)
  if (scheme.secret === undefined) throw new HubError('conflict', `The scheme ${scheme.name} has no secret.`)
  const made = given === undefined ? scheme.secret.generate?.() : undefined
  const secret = given ?? made
  if (secret === undefined) throw invalid('/secret', `is needed: ${scheme.name} has a secret of its own`)
  checkSecret(scheme, secret, settings.verification, '/secret')
  const had = await freshSecrets(deps, caller.tenantId, before.id)
  const now = Date.now()
  const previous = overlapSeconds === 0 || had.secret === undefined ? []
    : [{ secret: had.secret, until: now + overlapSeconds * 1000 }, ...had.previous.filter(({ until }) => until > now)].slice(0, PREVIOUS_SECRETS_MAX)
  const row = await write(deps, caller, before, {
    name: before.name, status: before.status, secrets: { ...had, secret, previous }, secretsChanged: true,
    settings: { ...settings, previousSecretsUntil: previous.map(({ until }) => new Date(until).toISOString()) },
    action: 'webhook_source.secret_rotated', detail: { overlapSeconds },
  })
  return { row, secret: made }
}

interface Write extends Draft { name: string, status: SourceStatus, action: AuditAction, detail: Record<string, unknown> }

async function write(deps: SourcesDeps, caller: Caller, before: SourceRow, { settings, secrets, secretsChanged, name, status, action, detail }: Write): Promise<SourceRow> {
  const { tenantId } = caller
  const { id } = before
  const row = await deps.database.tenant(tenantId).transaction(async (db) => {
    const updated = await updateSource(db, tenantId, { id, name, status, settings }, before.revision)
    if (updated === undefined) throw changedMeanwhile()
    if (secretsChanged) await keepSecrets(deps.own, db, tenantId, id, secrets)
    await recordChange(db, caller, { action, targetType: 'webhook_source', targetId: id, detail: { name, ...detail } })
    await tellOthers(db, tenantId, id)
    return updated
  })
  changed(deps, tenantId, id)
  return row
}

/** From the database: what is remembered may be from before another process's rotation. */
async function freshSecrets({ own }: SourcesDeps, tenantId: string, id: string): Promise<SourceSecrets> {
  own.forget(tenantId, ownerOf(id))
  return openSecrets(own, tenantId, id)
}

/** Heard when the transaction commits. */
async function tellOthers(db: Db, tenantId: string, id: string): Promise<void> {
  await db.query('select pg_notify($1, $2)', [WEBHOOK_SOURCES_CHANGED, `${tenantId}:${id}`])
}

function changed({ own, loaded }: SourcesDeps, tenantId: string, id: string): void {
  own.forget(tenantId, ownerOf(id))
  loaded.forget(tenantId, id)
}

function merged({ name, status, settings }: SourceRow, change: SourcePatch): SourceInput {
  const { previousSecretsUntil: _until, verification, ...current } = settings
  const given = change['verification'] as Record<string, unknown> | undefined
  const stays = given?.['scheme'] === undefined || given['scheme'] === verification.scheme
  const fields = Object.entries({ name, status, ...current, ...change }).filter(([, value]) => value !== null && value !== undefined)
  return parseInput(sourceInput, { ...Object.fromEntries(fields), verification: withoutNulls(stays ? { ...verification, ...given } : given!) }, '')
}

/** RFC 7396: null puts a default back. */
function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
}

function changedMeanwhile(): HubError {
  return new HubError('precondition_failed', 'Somebody changed the webhook source meanwhile. Read it again, then write your change.')
}

function orNotFound(row: SourceRow | undefined): SourceRow {
  if (row === undefined) throw new HubError('not_found', 'There is no such webhook source.')
  return row
}
