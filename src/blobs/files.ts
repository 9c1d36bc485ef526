/** The blob store's files: `<folder>/<tenant>/<last two digits>/<id>`. Paths are made from UUIDs and nothing else. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, opendir, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { HubError } from '../errors.ts'
import { isUuid } from '../lib/page.ts'

export interface Written { sizeBytes: number, sha256: string }
export interface StoredFile { tenantId: string, id: string, changedAt: number }

export interface Files {
  /** Whole and on the disk when it resolves; nothing is left when it throws. `upstream_response_too_large` beyond `maxBytes`. */
  write(tenantId: string, id: string, source: Readable | Buffer, maxBytes: number): Promise<Written>
  /** Undefined where there is no such file. */
  open(tenantId: string, id: string): Promise<FileHandle | undefined>
  has(tenantId: string, id: string): Promise<boolean>
  /** No file is no fault. */
  remove(tenantId: string, id: string): Promise<void>
  list(): AsyncIterable<StoredFile>
  /** Removes what writes that died have left since before `changedBefore` (ms). */
  removeUnfinished(changedBefore: number): Promise<number>
}

const UNFINISHED = 'unfinished'

export function createFiles(folder: string): Files {
  const unfinished = join(folder, UNFINISHED)
  return {
    async write(tenantId, id, source, maxBytes) {
      const path = pathOf(folder, tenantId, id)
      const temporary = join(unfinished, randomUUID())
      await mkdir(unfinished, { recursive: true })
      try {
        const written = await writeWhole(temporary, source, maxBytes)
        await mkdir(dirname(path), { recursive: true })
        await rename(temporary, path)
        await syncFolder(dirname(path))
        return written
      } catch (error) {
        if (!Buffer.isBuffer(source)) source.destroy()
        for (const left of [temporary, path]) await rm(left, { force: true })
        throw error
      }
    },
    open: (tenantId, id) => open(pathOf(folder, tenantId, id), 'r').catch(absent),
    has: async (tenantId, id) => await stat(pathOf(folder, tenantId, id)).catch(absent) !== undefined,
    remove: (tenantId, id) => rm(pathOf(folder, tenantId, id), { force: true }),
    list: () => listFiles(folder),
    async removeUnfinished(changedBefore) {
      let removed = 0
      for await (const name of names(unfinished)) {
        const path = join(unfinished, name)
        const found = await stat(path).catch(absent)
        if (found === undefined || found.mtimeMs >= changedBefore) continue
        await rm(path, { force: true })
        removed += 1
      }
      return removed
    },
  }
}

function pathOf(folder: string, tenantId: string, id: string): string {
  // Whatever else may name a file could leave the folder.
  if (!isUuid(tenantId) || !isUuid(id)) throw new HubError('not_found', 'There is no such value.')
  const name = id.toLowerCase()
  return join(folder, tenantId.toLowerCase(), name.slice(-2), name)
}

async function writeWhole(path: string, source: Readable | Buffer, maxBytes: number): Promise<Written> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const piece of Buffer.isBuffer(source) ? [source] : source) {
      const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece as string)
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) throw new HubError('upstream_response_too_large', `More than ${maxBytes} bytes came; that is as much as is taken.`)
      hash.update(chunk)
      await writeChunk(file, chunk)
    }
    // Before the rename: a name must not outlive a power cut that its content does not.
    await file.datasync()
  } finally {
    await file.close()
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

async function writeChunk(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function* listFiles(folder: string): AsyncIterable<StoredFile> {
  for await (const tenantId of names(folder)) {
    if (!isUuid(tenantId)) continue
    for await (const part of names(join(folder, tenantId))) {
      for await (const id of names(join(folder, tenantId, part))) {
        const found = isUuid(id) ? await stat(join(folder, tenantId, part, id)).catch(absent) : undefined
        if (found !== undefined) yield { tenantId, id, changedAt: found.mtimeMs }
      }
    }
  }
}

async function* names(folder: string): AsyncIterable<string> {
  const entries = await opendir(folder).catch(absent)
  if (entries === undefined) return
  for await (const entry of entries) yield entry.name
}

function absent(error: unknown): undefined {
  const { code } = error as { code?: string }
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
}
