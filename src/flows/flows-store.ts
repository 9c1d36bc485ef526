import type { Db } from '../db/db.ts'
import { literally } from '../db/search.ts'
import type { Finding } from './document/finding.ts'
import type { SourceFormat } from './document/source.ts'

export interface FlowRow {
  id: string
  namespace: string
  name: string
  enabled: boolean
  /** Null while there are only drafts. */
  latestVersion: string | null
  /** Of the latest version, else of the newest draft. */
  title: string | null
  summary: string | null
  revision: number
  createdAt: Date
  updatedAt: Date
  /** It came with the hub: nobody stored it, and nobody can change it. */
  predefined?: boolean
}

export interface VersionRow {
  version: string
  status: 'draft' | 'published'
  format: SourceFormat
  sha256: string
  findings: Finding[]
  createdBy: string
  createdAt: Date
  publishedAt: Date | null
}

export interface VersionSource extends VersionRow { source: string }

const flowColumns = `f.id, f.namespace, f.name, f.enabled, f.latest_version as "latestVersion", f.revision, f.created_at as "createdAt", f.updated_at as "updatedAt",
  shown.title, shown.summary`
/** What people read of a flow stands in its document. */
const shown = `left join lateral (
    select v.definition->'document'->>'title' as title, v.definition->'document'->>'summary' as summary from flow_versions v
    where v.tenant_id = f.tenant_id and v.flow_id = f.id order by v.version = f.latest_version desc nulls last, v.created_at desc limit 1) shown on true`
const versionColumns = `version, status, format, sha256, findings, created_by as "createdBy", created_at as "createdAt", published_at as "publishedAt"`

export interface Place { namespace: string, name: string }

/** Locked to the transaction's end where `lock` is set. */
export async function findFlowRow(db: Db, tenantId: string, { namespace, name }: Place, { lock = false } = {}): Promise<FlowRow | undefined> {
  const { rows } = await db.query<FlowRow>(
    `select ${flowColumns} from flows f ${shown} where f.tenant_id = $1 and f.namespace = $2 and f.name = $3 and f.deleted_at is null${lock ? ' for update of f' : ''}`, [tenantId, namespace, name])
  return rows[0]
}

/** Undefined where there is one of that name. */
export async function insertFlow(db: Db, tenantId: string, { id, namespace, name }: Place & { id: string }): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    `insert into flows (tenant_id, id, namespace, name) values ($1, $2, $3, $4)
     on conflict (tenant_id, namespace, name) where deleted_at is null do nothing returning id`, [tenantId, id, namespace, name])
  return rows[0]?.id
}

export interface FlowFilter { q?: string | undefined, namespace?: string | undefined, enabled?: boolean | undefined }

/** By namespace and name. `q` looks into name, title and summary. */
export async function listFlows(db: Db, tenantId: string, { q, namespace, enabled }: FlowFilter, { after, limit }: { after: string[] | undefined, limit: number }): Promise<FlowRow[]> {
  const { rows } = await db.query<FlowRow>(
    `select ${flowColumns} from flows f ${shown}
     where f.tenant_id = $1 and f.deleted_at is null and ($2::text is null or (f.namespace collate "C", f.name collate "C") > ($2, $3))
       and ($4::text is null or concat_ws(' ', f.namespace || '/' || f.name, shown.title, shown.summary) ilike '%' || $4 || '%')
       and ($5::text is null or f.namespace = $5) and ($6::boolean is null or f.enabled = $6)
     order by f.namespace collate "C", f.name collate "C" limit $7`,
    [tenantId, after?.[0] ?? null, after?.[1] ?? null, literally(q), namespace ?? null, enabled ?? null, limit])
  return rows
}

export interface FlowChange { enabled?: boolean, latestVersion?: string | null }

/** Undefined where it was changed since `revision`, where one is given. */
export async function updateFlow(db: Db, tenantId: string, id: string, { enabled, latestVersion }: FlowChange, revision?: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update flows set enabled = coalesce($3, enabled), latest_version = case when $4 then $5 else latest_version end, revision = revision + 1, updated_at = now()
     where tenant_id = $1 and id = $2 and deleted_at is null and ($6::int is null or revision = $6)`,
    [tenantId, id, enabled ?? null, latestVersion !== undefined, latestVersion ?? null, revision ?? null])
  return rowCount === 1
}

/** Its runs go on, and it is nobody's name any more. */
export async function markDeleted(db: Db, tenantId: string, id: string): Promise<void> {
  await db.query('update flows set deleted_at = now(), enabled = false, revision = revision + 1 where tenant_id = $1 and id = $2', [tenantId, id])
}

export async function countLive(db: Db, tenantId: string, id: string): Promise<number> {
  const { rows } = await db.query<{ live: number }>('select count(*)::int as live from (select from flow_live where tenant_id = $1 and flow_id = $2 limit 1001) counted', [tenantId, id])
  return rows[0]!.live
}

export interface NewVersion extends Pick<VersionSource, 'version' | 'status' | 'format' | 'source' | 'sha256' | 'findings' | 'createdBy'> { flowId: string, definition: object }

export async function insertVersion(db: Db, tenantId: string, { flowId, version, status, format, source, sha256, findings, createdBy, definition }: NewVersion): Promise<void> {
  await db.query(
    `insert into flow_versions (tenant_id, flow_id, version, status, format, source, definition, sha256, findings, created_by, published_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $4 = 'published' then now() end)
     on conflict (tenant_id, flow_id, version) do update set status = excluded.status, format = excluded.format, source = excluded.source, definition = excluded.definition,
       sha256 = excluded.sha256, findings = excluded.findings, created_by = excluded.created_by, created_at = now(), published_at = excluded.published_at
     where flow_versions.status = 'draft'`,
    [tenantId, flowId, version, status, format, source, JSON.stringify(definition), sha256, JSON.stringify(findings), createdBy])
}

export async function listVersions(db: Db, tenantId: string, flowId: string): Promise<VersionRow[]> {
  const { rows } = await db.query<VersionRow>(`select ${versionColumns} from flow_versions where tenant_id = $1 and flow_id = $2`, [tenantId, flowId])
  return rows
}

export async function findVersionSource(db: Db, tenantId: string, flowId: string, version: string): Promise<VersionSource | undefined> {
  const { rows } = await db.query<VersionSource>(`select ${versionColumns}, source from flow_versions where tenant_id = $1 and flow_id = $2 and version = $3`, [tenantId, flowId, version])
  return rows[0]
}

/** Of many flows at once: what a plan is made against. */
export async function listStored(db: Db, tenantId: string, namespaces: readonly string[]): Promise<(Place & { id: string, latestVersion: string | null, versions: Pick<VersionRow, 'version' | 'status' | 'sha256'>[] })[]> {
  const { rows } = await db.query<Place & { id: string, latestVersion: string | null, versions: Pick<VersionRow, 'version' | 'status' | 'sha256'>[] }>(
    `select f.id, f.namespace, f.name, f.latest_version as "latestVersion", json_agg(json_build_object('version', v.version, 'status', v.status, 'sha256', v.sha256)) as versions
     from flows f join flow_versions v on v.tenant_id = f.tenant_id and v.flow_id = f.id
     where f.tenant_id = $1 and f.namespace = any($2) and f.deleted_at is null
     group by f.id, f.namespace, f.name, f.latest_version order by f.namespace collate "C", f.name collate "C"`, [tenantId, namespaces])
  return rows
}

/** Whole sources of published versions, or of drafts where there is nothing else, by name. */
export async function listSources(db: Db, tenantId: string, { namespace, after, limit }: { namespace: string | undefined, after: string[] | undefined, limit: number }): Promise<(Place & { version: string, format: SourceFormat, source: string })[]> {
  const { rows } = await db.query<Place & { version: string, format: SourceFormat, source: string }>(
    `select f.namespace, f.name, v.version, v.format, v.source from flows f
     join lateral (select version, format, source from flow_versions v where v.tenant_id = f.tenant_id and v.flow_id = f.id
       order by v.version = f.latest_version desc nulls last, v.created_at desc limit 1) v on true
     where f.tenant_id = $1 and f.deleted_at is null and ($2::text is null or f.namespace = $2) and ($3::text is null or (f.namespace collate "C", f.name collate "C") > ($3, $4))
     order by f.namespace collate "C", f.name collate "C" limit $5`, [tenantId, namespace ?? null, after?.[0] ?? null, after?.[1] ?? null, limit])
  return rows
}

export async function deleteDraft(db: Db, tenantId: string, flowId: string, version: string): Promise<boolean> {
  const { rowCount } = await db.query(`delete from flow_versions where tenant_id = $1 and flow_id = $2 and version = $3 and status = 'draft'`, [tenantId, flowId, version])
  return rowCount === 1
}
