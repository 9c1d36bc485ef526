/**
 * A read-only file of many documents, each compressed by itself, so that one costs one read:
 *
 *   "ICARCH01" | documents, zstd each | directory, zstd JSON: [name, offset, length][] | footer: directory's offset, length (u64le each), "ICARCH01"
 */
import { open, type FileHandle } from 'node:fs/promises'
import { constants, zstdCompressSync, zstdDecompress } from 'node:zlib'
import { promisify } from 'node:util'

const MAGIC = Buffer.from('ICARCH01')
const FOOTER_BYTES = 16 + MAGIC.length
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024
const decompress = promisify(zstdDecompress)

export type DirectoryEntry = [name: string, offset: number, length: number]

export interface ArchiveReader {
  names(): string[]
  /** Undefined where there is no such document. */
  read(name: string): Promise<Buffer | undefined>
  close(): Promise<void>
}

export interface ArchiveWriter {
  add(name: string, content: Buffer): Promise<void>
  /** Writes the directory, and waits until the disk has it all. */
  finish(): Promise<void>
  close(): Promise<void>
}

export class DamagedArchive extends Error {
  override readonly name = 'DamagedArchive'
}

/** The file must not exist yet. */
export async function writeArchive(path: string): Promise<ArchiveWriter> {
  const file = await open(path, 'wx', 0o644)
  const directory: DirectoryEntry[] = []
  let offset = 0
  const append = async (bytes: Buffer): Promise<void> => {
    await file.appendFile(bytes)
    offset += bytes.length
  }
  await append(MAGIC)
  return {
    async add(name, content) {
      const packed = compress(content)
      directory.push([name, offset, packed.length])
      await append(packed)
    },
    async finish() {
      const packed = compress(Buffer.from(JSON.stringify(directory)))
      const footer = Buffer.alloc(FOOTER_BYTES)
      footer.writeBigUInt64LE(BigInt(offset), 0)
      footer.writeBigUInt64LE(BigInt(packed.length), 8)
      MAGIC.copy(footer, 16)
      await append(packed)
      await append(footer)
      await file.sync()
    },
    close: () => file.close(),
  }
}

/** Throws DamagedArchive, or the system's error (`ENOENT` where there is none). */
export async function openArchive(path: string): Promise<ArchiveReader> {
  const file = await open(path, 'r')
  try {
    const places = new Map((await readDirectory(file)).map(([name, offset, length]) => [name, { offset, length }]))
    return {
      names: () => [...places.keys()],
      async read(name) {
        const place = places.get(name)
        return place && unpack(await readAt(file, place.offset, place.length), MAX_DOCUMENT_BYTES)
      },
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readDirectory(file: FileHandle): Promise<DirectoryEntry[]> {
  const { size } = await file.stat()
  if (size < MAGIC.length + FOOTER_BYTES) throw new DamagedArchive('it is too short')
  const footer = await readAt(file, size - FOOTER_BYTES, FOOTER_BYTES)
  const offset = Number(footer.readBigUInt64LE(0))
  const length = Number(footer.readBigUInt64LE(8))
  if (!footer.subarray(16).equals(MAGIC) || offset + length !== size - FOOTER_BYTES) throw new DamagedArchive('its end is damaged')
  return JSON.parse((await unpack(await readAt(file, offset, length), MAX_DIRECTORY_BYTES)).toString('utf8')) as DirectoryEntry[]
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, offset)
  if (bytesRead < length) throw new DamagedArchive('it is cut off')
  return buffer
}

function compress(content: Buffer): Buffer {
  return zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
}

async function unpack(packed: Buffer, maxOutputLength: number): Promise<Buffer> {
  try {
    return await decompress(packed, { maxOutputLength })
  } catch (error) {
    throw new DamagedArchive('a part does not decompress', { cause: error })
  }
}
