import { buffer } from 'node:stream/consumers'
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import { fault } from '../fault.ts'

/** A stored event, whole, by the hub's id. Throws FlowFault where it is kept no longer. */
export async function eventText({ database, blobs }: { database: Pick<Database, 'tenant'>, blobs: Pick<Blobs, 'read'> }, tenantId: string, eventId: string): Promise<string> {
  const { rows: [row] } = await database.tenant(tenantId).query<{ text: string, blobId: string | null }>('select event as text, blob_id as "blobId" from events where tenant_id = $1 and id = $2', [tenantId, eventId])
  if (row === undefined) throw fault('runtime', 'The event is gone.')
  return row.blobId === null ? row.text : (await buffer((await blobs.read(tenantId, row.blobId)).stream)).toString('utf8')
}
