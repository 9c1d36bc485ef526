/** The documents behind imported connectors, compressed, in the blob store. Nothing here works on a whole document on the main thread. */
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import type { Blobs } from '../blobs/blobs.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** The normal form says defaults that the document leaves out, so it may be larger than the 64 MiB that are taken in. */
const MAX_BYTES = 512 * 1024 * 1024

/** Of nothing but these documents: whatever has it and is named by no connector may go. */
export const DOCUMENT_TYPE = 'application/vnd.interchange.document+zstd'

export interface Documents {
  /** Gives the blob's id. */
  write(tenantId: string, bytes: Buffer, filename: string): Promise<string>
  /** Throws HubError `not_found` where it was replaced meanwhile. */
  read(tenantId: string, id: string): Promise<Buffer>
  /** Never throws: a document left behind costs room, nothing else. */
  remove(tenantId: string, ids: string[]): Promise<void>
}

export function createDocuments(blobs: Pick<Blobs, 'write' | 'read' | 'remove'>): Documents {
  return {
    async write(tenantId, bytes, filename) {
      const { $blob } = await blobs.write(tenantId, await compress(bytes), { contentType: DOCUMENT_TYPE, filename: `${filename}.zst` })
      return $blob.id
    },
    async read(tenantId, id) {
      const { stream } = await blobs.read(tenantId, id)
      return decompress(await buffer(stream), { maxOutputLength: MAX_BYTES })
    },
    async remove(tenantId, ids) {
      await Promise.allSettled(ids.map((id) => blobs.remove(tenantId, id)))
    },
  }
}

/** Hex. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('hex')
}
