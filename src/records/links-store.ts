import type { Db } from '../db/db.ts'
import { lowestId } from '../db/partitions.ts'

export type LinkRelation = 'repeated' | 'heard'

export interface LinkRow { id: string, relation: LinkRelation }

/** One that is there already stays. */
export async function insertLink(db: Db, tenantId: string, { id, causeId, relation }: { id: string, causeId: string, relation: LinkRelation }): Promise<void> {
  await db.query('insert into record_links (tenant_id, id, cause_id, relation) values ($1, $2, $3, $4) on conflict do nothing', [tenantId, id, causeId, relation])
}

/** What led to a record, the newest first. */
export async function listCauses(db: Db, tenantId: string, id: string, limit: number): Promise<LinkRow[]> {
  const { rows } = await db.query<LinkRow>('select cause_id as id, relation from record_links where tenant_id = $1 and id = $2 order by cause_id desc limit $3', [tenantId, id, limit])
  return rows
}

/** What came of a record, the newest first. */
export async function listConsequences(db: Db, tenantId: string, causeId: string, limit: number): Promise<LinkRow[]> {
  const { rows } = await db.query<LinkRow>('select id, relation from record_links where tenant_id = $1 and cause_id = $2 order by id desc limit $3', [tenantId, causeId, limit])
  return rows
}

/** Of records from before a moment, over all tenants. Needs the system's connection. */
export async function deleteLinksBefore(db: Db, before: Date): Promise<void> {
  await db.query('delete from record_links where id < $1', [lowestId(before)])
}
