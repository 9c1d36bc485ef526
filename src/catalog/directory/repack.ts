/** Turns the packed npm package into an archive file that one document can be read out of. Runs in a worker thread. */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { HubError } from '../../errors.ts'
import { writeArchive } from './archive-file.ts'
import { readTar } from './tar.ts'

export interface Repacking {
  packed: string
  /** `sha512-…`; checked on the very bytes that are unpacked afterwards. */
  integrity: string
  /** Must not exist yet. */
  target: string
  /** Called now and then with the number of documents done. */
  onDocuments?(count: number): void
}

/** The package's largest document has 47 MB. */
const MAX_DOCUMENT_BYTES = 128 * 1024 * 1024
const TELL_EVERY = 50

/** Throws HubError `invalid_document` where the file is not the one that the integrity promises. */
export async function repack({ packed, integrity, target, onDocuments }: Repacking): Promise<number> {
  const file = await open(packed, 'r')
  try {
    await checkIntegrity(file, packed, integrity)
    return await copyDocuments(file, target, onDocuments ?? (() => {}))
  } finally {
    await file.close()
  }
}

async function checkIntegrity(file: FileHandle, path: string, integrity: string): Promise<void> {
  const hash = createHash('sha512')
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) hash.update(chunk as Buffer)
  if (`sha512-${hash.digest('base64')}` === integrity) return
  throw new HubError('invalid_document', `${path} is not the published package: its SHA-512 differs. Remove it, or put the right file in its place.`)
}

async function copyDocuments(file: FileHandle, target: string, onDocuments: (count: number) => void): Promise<number> {
  const writer = await writeArchive(target)
  let count = 0
  try {
    for await (const { name, content } of readTar(gunzipped(file), { wanted: (name) => documentName(name) !== undefined, maxEntryBytes: MAX_DOCUMENT_BYTES })) {
      await writer.add(documentName(name)!, content)
      count += 1
      if (count % TELL_EVERY === 0) onDocuments(count)
    }
    await writer.finish()
  } finally {
    await writer.close()
  }
  onDocuments(count)
  return count
}

function gunzipped(file: FileHandle): Readable {
  // A failure reaches the reader of the stream as its error: the callback has nothing to add.
  return pipeline(file.createReadStream({ start: 0, autoClose: false }), createGunzip(), () => {})
}

/** `package/api/vendor.com/service.json` → `vendor.com/service.json`; undefined for the package's other files. */
function documentName(name: string): string | undefined {
  return /^package\/api\/(.+\.json)$/s.exec(name)?.[1]
}
