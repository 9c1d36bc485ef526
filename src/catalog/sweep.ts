/** Removes documents that no connector names: of an import that was killed between its documents and its row, or lost its database there. */
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import { DOCUMENT_TYPE } from './documents.ts'
import { findNamedDocuments } from './store.ts'

/** Answers how many. */
export function sweepDocuments({ blobs, database }: { blobs: Pick<Blobs, 'removeUnnamed'>, database: Database }): Promise<number> {
  return blobs.removeUnnamed(DOCUMENT_TYPE, (keys) => findNamedDocuments(database.system, keys))
}
