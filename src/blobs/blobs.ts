/**
 * Large and binary values: a file each, and a row that says whose it is. The row is written once the file is whole and on the disk,
 * and goes before the file does, so that a row's file is there; files that lost their row are swept.
 * Several hubs on one database share the folder.
 */
import type { Readable } from 'node:stream'
import { uuidv7 } from 'uuidv7'
import type { BlobReference } from '../connectors/connector.ts'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import { isUuid } from '../lib/page.ts'
import { deleteBlob, deleteOldBlobs, findBlob, findExisting, insertBlob, listBlobOwners, listBlobs, sumBlobs, type BlobFilter, type BlobKey, type BlobRow } from './blobs-store.ts'
import { createFiles, type Files } from './files.ts'

export interface BlobFacts {
  contentType: string
  filename?: string | undefined
  /** Whose retention it falls under. Without one it stays until it is removed. */
  integrationId?: string | undefined
  /** Beyond it: HubError `upstream_response_too_large`, and nothing is kept. */
  maxBytes?: number | undefined
}

export type { BlobKey } from './blobs-store.ts'

export interface SweepResult { files: number, rows: number, unfinished: number }

export interface Blobs {
  /** Reads the source to its end with bounded memory. What the source throws is thrown on, and nothing is kept. */
  write(tenantId: string, source: Readable | Buffer, facts: BlobFacts): Promise<BlobReference>
  /** The stream must be consumed or destroyed. Throws `not_found`, for another tenant's id too. */
  read(tenantId: string, id: string): Promise<{ reference: BlobReference, stream: Readable }>
  /** False where there was none. */
  remove(tenantId: string, id: string): Promise<boolean>
  /** Removes an integration's values made before a moment; answers how many. */
  removeOlderThan(tenantId: string, integrationId: string, before: Date): Promise<number>
  /** Integrations that have values, over all tenants, with the age of the oldest. */
  owners(): Promise<{ tenantId: string, integrationId: string, oldest: Date }[]>
  /** Bytes of all values of a tenant, or of each tenant that has any. */
  sizes(tenantId?: string): Promise<{ tenantId: string, bytes: number }[]>
  /** Removes files without a row and rows without a file, where they are older than an hour. */
  sweep(now?: Date): Promise<SweepResult>
  /**
   * Removes values of a content type that `named` does not know, over all tenants, where they are older than an hour: whoever wrote them
   * died before it could say what they are for. Answers how many.
   */
  removeUnnamed(contentType: string, named: (keys: BlobKey[]) => Promise<ReadonlySet<string>>): Promise<number>
}

const DEFAULT_MAX_BYTES = 1024 ** 3
/** Longer than any write takes between its first byte and its row. */
const SWEEP_AGE_MS = 3_600_000
const PAGE = 500

export function createBlobs({ database, folder }: { database: Database, folder: string }): Blobs {
  const files = createFiles(folder)
  return {
    async write(tenantId, source, { contentType, filename, integrationId, maxBytes = DEFAULT_MAX_BYTES }) {
      const id = uuidv7()
      const { sizeBytes, sha256 } = await files.write(tenantId, id, source, maxBytes)
      const blob = { id, contentType: clean(contentType), sizeBytes, sha256, filename: filename === undefined ? null : clean(filename), integrationId: integrationId ?? null }
      try {
        await insertBlob(database.tenant(tenantId), tenantId, blob)
      } catch (error) {
        // The row may have been committed although the answer was lost: then the sweep drops the row without a file.
        await files.remove(tenantId, id)
        throw error
      }
      return referenceOf({ ...blob, sizeBytes: String(sizeBytes) })
    },

    async read(tenantId, id) {
      const row = isUuid(id) ? await findBlob(database.tenant(tenantId), tenantId, id) : undefined
      const file = row && await files.open(tenantId, row.id)
      if (row === undefined || file === undefined) throw new HubError('not_found', 'There is no such value.')
      return { reference: referenceOf(row), stream: file.createReadStream() }
    },

    async remove(tenantId, id) {
      if (!isUuid(id) || !await deleteBlob(database.tenant(tenantId), tenantId, id)) return false
      await files.remove(tenantId, id)
      return true
    },

    async removeOlderThan(tenantId, integrationId, before) {
      for (let removed = 0; ;) {
        const ids = await deleteOldBlobs(database.system, { tenantId, integrationId, before, limit: PAGE })
        for (const id of ids) await files.remove(tenantId, id)
        removed += ids.length
        if (ids.length < PAGE) return removed
      }
    },

    owners: () => listBlobOwners(database.system),
    sizes: (tenantId) => sumBlobs(tenantId === undefined ? database.system : database.tenant(tenantId), tenantId),

    sweep: async (now = new Date()) => {
      const before = new Date(now.getTime() - SWEEP_AGE_MS)
      return {
        rows: await sweepRows(database, files, before), files: await sweepFiles(database, files, before),
        unfinished: await files.removeUnfinished(before.getTime()),
      }
    },

    async removeUnnamed(contentType, named) {
      let removed = 0
      for await (const keys of pagesOfRows(database, { before: new Date(Date.now() - SWEEP_AGE_MS), contentType })) {
        const known = await named(keys)
        for (const { tenantId, id } of keys.filter((key) => !known.has(key.id))) {
          if (await deleteBlob(database.system, tenantId, id)) removed += 1
          await files.remove(tenantId, id)
        }
      }
      return removed
    },
  }
}

function referenceOf({ id, contentType, sizeBytes, sha256, filename }: BlobRow): BlobReference {
  return { $blob: { id, contentType, sizeBytes: Number(sizeBytes), sha256, ...filename !== null && { filename } } }
}

/** Postgres takes no NUL in text; names and types come from elsewhere. */
function clean(text: string): string {
  return text.replaceAll('\0', '').slice(0, 500)
}

async function sweepFiles(database: Database, files: Files, before: Date): Promise<number> {
  return sweepMissing(pagesOf(files, before), {
    existing: (keys) => findExisting(database.system, keys),
    remove: ({ tenantId, id }) => files.remove(tenantId, id),
  })
}

async function* pagesOf(files: Files, before: Date): AsyncIterable<BlobKey[]> {
  let page: BlobKey[] = []
  for await (const { tenantId, id, changedAt } of files.list()) {
    if (changedAt >= before.getTime()) continue
    page.push({ tenantId, id })
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

async function* pagesOfRows(database: Database, filter: BlobFilter): AsyncIterable<BlobKey[]> {
  for (let after: BlobKey | undefined; ;) {
    const page = await listBlobs(database.system, { ...filter, after, limit: PAGE })
    if (page.length === 0) return
    yield page
    after = page.at(-1)
  }
}

async function sweepRows(database: Database, files: Files, before: Date): Promise<number> {
  return sweepMissing(pagesOfRows(database, { before }), {
    async existing(keys) {
      const found = new Set<string>()
      for (const { tenantId, id } of keys) if (await files.has(tenantId, id)) found.add(id)
      return found
    },
    remove: async ({ tenantId, id }) => { await deleteBlob(database.system, tenantId, id) },
  })
}

/**
 * Removes those that `existing` doesn't know, but only once it has known one: where nothing at all matches,
 * the folder belongs to another database or its disk isn't mounted, and a sweep would take everything.
 */
async function sweepMissing(pages: AsyncIterable<BlobKey[]>, { existing, remove }: { existing(keys: BlobKey[]): Promise<Set<string>>, remove(key: BlobKey): Promise<void> }): Promise<number> {
  let missing: BlobKey[] = []
  let matched = false
  let removed = 0
  for await (const page of pages) {
    const found = await existing(page)
    matched ||= found.size > 0
    missing.push(...page.filter(({ id }) => !found.has(id)))
    if (!matched) continue
    for (const key of missing) await remove(key)
    removed += missing.length
    missing = []
  }
  return removed
}
