/** What integrations were set to, change by change. */
import type { Db } from '../db/db.ts'
import { HubError } from '../errors.ts'
import { readCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import type { IntegrationRow } from './store.ts'
import { deleteOldVersions, findVersion, insertVersion, listVersions, type Version, type VersionSettings, type VersionSummary } from './versions-store.ts'

export type { Version, VersionSummary } from './versions-store.ts'

const KEPT = 200

/** Within the change's own transaction, after it. */
export async function keepVersion(db: Db, actor: string, row: IntegrationRow, restoredFrom: number | null = null): Promise<void> {
  await insertVersion(db, row.tenantId, { integrationId: row.id, version: row.revision, actor, settings: settingsOf(row), restoredFrom })
  await deleteOldVersions(db, row.tenantId, row.id, KEPT)
}

function settingsOf({ name, description, connector, kind, configuration, connection, dataHandling, monitoring, usage, metadata, credentialId }: IntegrationRow): VersionSettings {
  const { version, status, tags } = metadata
  return { name, description, connector, type: kind, configuration, connection, dataHandling, monitoring, usage, metadata: { version, status, tags }, credentialId }
}

export async function pageOfVersions(db: Db, { tenantId, id }: Pick<IntegrationRow, 'tenantId' | 'id'>, { limit, cursor }: PageRequest): Promise<Page<VersionSummary>> {
  const before = readCursor(cursor, 1)?.[0]
  if (before !== undefined && !/^\d{1,9}$/.test(before)) readCursor('?', 1)
  const rows = await listVersions(db, tenantId, id, { before: before === undefined ? undefined : Number(before), limit: limit + 1 })
  return toPage(rows, limit, ({ version }) => [String(version)])
}

/** Throws HubError `not_found`. */
export async function oneVersion(db: Db, { tenantId, id }: Pick<IntegrationRow, 'tenantId' | 'id'>, version: number): Promise<Version> {
  const found = await findVersion(db, tenantId, id, version)
  if (found === undefined) throw new HubError('not_found', 'There is no such version of this integration, or it is kept no more.')
  return found
}
