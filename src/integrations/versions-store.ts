import type { Db } from '../db/db.ts'
import type { IntegrationRow } from './store.ts'

/** What a change of an integration can change: all but its secrets, which are the credential's. */
export type VersionSettings = Pick<IntegrationRow, 'name' | 'description' | 'connector' | 'configuration' | 'connection' | 'dataHandling' | 'monitoring' | 'usage' | 'credentialId'>
  & { type: IntegrationRow['kind'], metadata: Pick<IntegrationRow['metadata'], 'version' | 'status' | 'tags'> }

export interface VersionSummary { version: number, at: Date, actor: string, changed: string[], restoredFrom: number | null }
export interface Version extends VersionSummary { settings: VersionSettings }

const summary = 'version, at, actor, changed, restored_from as "restoredFrom"'

export interface NewVersion { integrationId: string, version: number, actor: string, settings: VersionSettings, restoredFrom: number | null }

/** What differs from the newest one that there is is found here; of the first, nothing does. */
export async function insertVersion(db: Db, tenantId: string, { integrationId, version, actor, settings, restoredFrom }: NewVersion): Promise<void> {
  await db.query(
    `insert into integration_versions (tenant_id, integration_id, version, actor, settings, restored_from, changed)
     select $1, $2, $3, $4, $5::jsonb, $6, coalesce((
       select array_agg(key order by key) from jsonb_object_keys($5::jsonb) as key where before.settings is not null and before.settings->key is distinct from $5::jsonb->key), '{}')
     from (select (select settings from integration_versions where tenant_id = $1 and integration_id = $2 order by version desc limit 1) as settings) before`,
    [tenantId, integrationId, version, actor, JSON.stringify(settings), restoredFrom])
}

/** All but the newest `keep`. */
export async function deleteOldVersions(db: Db, tenantId: string, integrationId: string, keep: number): Promise<void> {
  await db.query(
    `delete from integration_versions where tenant_id = $1 and integration_id = $2 and version <= (
       select version from integration_versions where tenant_id = $1 and integration_id = $2 order by version desc offset $3 limit 1)`,
    [tenantId, integrationId, keep])
}

/** Newest first. */
export async function listVersions(db: Db, tenantId: string, integrationId: string, { before, limit }: { before: number | undefined, limit: number }): Promise<VersionSummary[]> {
  const { rows } = await db.query<VersionSummary>(
    `select ${summary} from integration_versions where tenant_id = $1 and integration_id = $2 and ($3::integer is null or version < $3) order by version desc limit $4`,
    [tenantId, integrationId, before ?? null, limit])
  return rows
}

export async function findVersion(db: Db, tenantId: string, integrationId: string, version: number): Promise<Version | undefined> {
  const { rows } = await db.query<Version>(`select ${summary}, settings from integration_versions where tenant_id = $1 and integration_id = $2 and version = $3`, [tenantId, integrationId, version])
  return rows[0]
}
