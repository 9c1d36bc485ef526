/** Values of a run's record, with their large parts read: what is to run on needs them whole. */
import { buffer } from 'node:stream/consumers'
import type { Blobs } from '../../blobs/blobs.ts'
import type { Db } from '../../db/db.ts'
import { listBlobsOf } from '../engine/blobs-store.ts'

/** Only references to the run's own large values are read: others are data, which operations take as they are. */
export async function wholeValues(blobs: Pick<Blobs, 'read'>, db: Db, { tenantId, runId }: { tenantId: string, runId: string }, value: unknown): Promise<unknown> {
  if (!JSON.stringify(value ?? null).includes('"$blob"')) return value
  const own = new Set(await listBlobsOf(db, { tenantId, runId }))
  const read = async (id: string): Promise<unknown> => JSON.parse((await buffer((await blobs.read(tenantId, id)).stream)).toString('utf8'))
  const walk = async (each: unknown): Promise<unknown> => {
    if (typeof each !== 'object' || each === null) return each
    const { $blob: reference } = each as { $blob?: { id?: unknown } }
    if (typeof reference?.id === 'string' && own.has(reference.id) && Object.keys(each).length === 1) return read(reference.id)
    if (Array.isArray(each)) return Promise.all(each.map(walk))
    return Object.fromEntries(await Promise.all(Object.entries(each).map(async ([key, member]) => [key, await walk(member)])))
  }
  return walk(value)
}
