import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { uuidv7 } from 'uuidv7'
import { expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import type { Database } from '../db/database.ts'
import { createBlobs, type Blobs } from './blobs.ts'

const HOUR = 3_600_000

function withBlobs(work: (given: { blobs: Blobs, database: Database, folder: string, tenantId: string }) => Promise<void>): Promise<void> {
  return withDatabase(async (database) => {
    const root = await mkdtemp(join(tmpdir(), 'interchange-blobs-'))
    const folder = join(root, 'blobs')
    try {
      await work({ blobs: createBlobs({ database, folder }), database, folder, tenantId: await addTenant(database) })
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
}

async function addTenant(database: Database): Promise<string> {
  const id = uuidv7()
  await database.system.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [id, `t-${id}`])
  return id
}

async function contentOf(blobs: Blobs, tenantId: string, id: string): Promise<Buffer> {
  return Buffer.concat(await (await blobs.read(tenantId, id)).stream.toArray())
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function rowsIn(database: Database): Promise<number> {
  return (await database.system.query('select 1 from blobs')).rows.length
}

test('what is written reads back byte for byte, with its size, hash, type and name', () =>
  withBlobs(async ({ blobs, tenantId }) => {
    const bytes = randomBytes(3 * 1024 * 1024 + 17)
    const facts = { contentType: 'application/pdf', filename: 'Rechnung März.pdf' }
    for (const source of [bytes, Readable.from([bytes.subarray(0, 100), bytes.subarray(100)]), Readable.from(bytes)]) {
      const reference = await blobs.write(tenantId, source, facts)
      expect(reference.$blob).toEqual({ id: reference.$blob.id, ...facts, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
      expect((await contentOf(blobs, tenantId, reference.$blob.id)).equals(bytes)).toBe(true)
      expect((await blobs.read(tenantId, reference.$blob.id).then(({ reference: read, stream }) => { stream.destroy(); return read }))).toEqual(reference)
    }
    const text = await blobs.write(tenantId, Readable.from(['grü', 'ße']), { contentType: 'text/plain' })
    expect((await contentOf(blobs, tenantId, text.$blob.id)).toString()).toBe('grüße')
  }))

test('a value larger than allowed is refused, and nothing of it is kept', () =>
  withBlobs(async ({ blobs, database, folder, tenantId }) => {
    const source = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(1000)))
    await expect(blobs.write(tenantId, source, { contentType: 'x/y', maxBytes: 5000 })).rejects.toMatchObject({ code: 'upstream_response_too_large' })
    await expect(blobs.write(tenantId, Buffer.alloc(5001), { contentType: 'x/y', maxBytes: 5000 })).rejects.toMatchObject({ code: 'upstream_response_too_large' })
    expect(source.destroyed).toBe(true)
    expect(await filesIn(folder)).toEqual([])
    expect(await rowsIn(database)).toBe(0)
    await blobs.write(tenantId, Buffer.alloc(5000), { contentType: 'x/y', maxBytes: 5000 })
  }))

test('a source that breaks off passes its error on, and nothing of it is kept', () =>
  withBlobs(async ({ blobs, database, folder, tenantId }) => {
    async function* breaking(): AsyncIterable<Buffer> {
      yield Buffer.alloc(1000)
      throw new Error('reset')
    }
    await expect(blobs.write(tenantId, Readable.from(breaking()), { contentType: 'x/y' })).rejects.toThrow('reset')
    const cut = new Readable({ read() { this.push(Buffer.alloc(10)); setImmediate(() => this.destroy()) } })
    await expect(blobs.write(tenantId, cut, { contentType: 'x/y' })).rejects.toThrow()
    expect(await filesIn(folder)).toEqual([])
    expect(await rowsIn(database)).toBe(0)
  }))

test('a value whose row cannot be written leaves no file', () =>
  withBlobs(async ({ blobs, folder }) => {
    await expect(blobs.write(uuidv7(), Buffer.from('x'), { contentType: 'x/y' })).rejects.toMatchObject({ code: '23503' })
    expect(await filesIn(folder)).toEqual([])
  }))

test('a large value passes through without being held in memory', () =>
  withBlobs(async ({ blobs, tenantId }) => {
    // One buffer again and again: whatever grows is what the store holds back.
    const chunk = randomBytes(1024 * 1024)
    const start = process.memoryUsage().arrayBuffers
    let peak = 0
    async function* many(): AsyncIterable<Buffer> {
      for (let count = 0; count < 64; count += 1) {
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - start)
        yield chunk
      }
    }
    const { $blob } = await blobs.write(tenantId, Readable.from(many()), { contentType: 'x/y' })
    expect($blob.sizeBytes).toBe(64 * 1024 * 1024)
    expect(peak).toBeLessThan(16 * 1024 * 1024)
  }))

test("another tenant's value is not there: to read, to remove, or to any statement", () =>
  withBlobs(async ({ blobs, database, tenantId }) => {
    const other = await addTenant(database)
    const { $blob: { id } } = await blobs.write(tenantId, Buffer.from('mine'), { contentType: 'text/plain' })
    await expect(blobs.read(other, id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await blobs.remove(other, id)).toBe(false)
    expect((await database.tenant(other).query('select * from blobs')).rows).toEqual([])
    expect((await contentOf(blobs, tenantId, id)).toString()).toBe('mine')
  }))

test('no path is made from anything but a UUID', () =>
  withBlobs(async ({ blobs, folder, tenantId }) => {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '..', 'secret'), 'secret')
    const uuid = '00000000-0000-0000-0000-000000000000'
    for (const name of ['../../secret', '..%2f..%2fsecret', '/etc/passwd', '', '.', 'unfinished', uuid.replace(/.$/, '/'), `${uuid}\0`, `${uuid}/../../secret`]) {
      await expect(blobs.read(tenantId, name)).rejects.toMatchObject({ code: 'not_found' })
      expect(await blobs.remove(tenantId, name)).toBe(false)
      await expect(blobs.write(name, Buffer.from('x'), { contentType: 'x/y' })).rejects.toMatchObject({ code: 'not_found' })
    }
    expect(await filesIn(join(folder, '..'))).toEqual([join(folder, '..', 'secret')])
  }))

test('a removed value is gone from the disk and not found', () =>
  withBlobs(async ({ blobs, folder, tenantId }) => {
    const { $blob: { id } } = await blobs.write(tenantId, Buffer.from('x'), { contentType: 'text/plain' })
    expect(await blobs.remove(tenantId, id)).toBe(true)
    expect(await blobs.remove(tenantId, id)).toBe(false)
    await expect(blobs.read(tenantId, id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await filesIn(folder)).toEqual([])
  }))

test("an integration's old values are removed, and nobody else's", () =>
  withBlobs(async ({ blobs, database, tenantId }) => {
    const [mine, other] = [randomUUID(), randomUUID()]
    const write = async (integrationId: string | undefined, age: number): Promise<string> => {
      const { $blob: { id } } = await blobs.write(tenantId, Buffer.from('x'), { contentType: 'text/plain', integrationId })
      await database.system.query('update blobs set created_at = $2 where id = $1', [id, new Date(Date.now() - age)])
      return id
    }
    const old = await write(mine, 2 * HOUR)
    const kept = [await write(mine, 0), await write(other, 2 * HOUR), await write(undefined, 2 * HOUR)]
    expect(await blobs.removeOlderThan(tenantId, mine, new Date(Date.now() - HOUR))).toBe(1)
    await expect(blobs.read(tenantId, old)).rejects.toMatchObject({ code: 'not_found' })
    for (const id of kept) expect((await contentOf(blobs, tenantId, id)).toString()).toBe('x')
    expect((await blobs.owners()).map(({ integrationId }) => integrationId).sort()).toEqual([mine, other].sort())
  }))

async function putFile(folder: string, path: string[], age: number): Promise<string> {
  const file = join(folder, ...path)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, 'left')
  const at = new Date(Date.now() - age)
  await utimes(file, at, at)
  return file
}

test('a sweep takes old files without a row, old rows without a file and old unfinished writes; the young may still be on their way', () =>
  withBlobs(async ({ blobs, database, folder, tenantId }) => {
    const written = await Promise.all(Array.from({ length: 4 }, () => blobs.write(tenantId, Buffer.from('kept'), { contentType: 'text/plain' })))
    const [whole, lost, young] = written.map(({ $blob }) => $blob.id) as [string, string, string]
    const path = (id: string): string => join(folder, tenantId, id.slice(-2), id)
    for (const id of [lost, young]) await rm(path(id))
    await database.system.query("update blobs set created_at = now() - interval '2 hours' where id <> $1", [young])
    const at = new Date(Date.now() - 2 * HOUR)
    await utimes(path(whole), at, at)
    const stray = uuidv7()
    const goes = [await putFile(folder, [tenantId, stray.slice(-2), stray], 2 * HOUR), await putFile(folder, ['unfinished', randomUUID()], 2 * HOUR)]
    const newer = uuidv7()
    const stays = [await putFile(folder, [tenantId, newer.slice(-2), newer], 0), await putFile(folder, ['unfinished', randomUUID()], 0), await putFile(folder, ['README'], 2 * HOUR)]
    expect(await blobs.sweep()).toEqual({ files: 1, rows: 1, unfinished: 1 })
    const left = await filesIn(folder)
    for (const file of goes) expect(left).not.toContain(file)
    for (const file of [...stays, path(whole)]) expect(left).toContain(file)
    expect(await rowsIn(database)).toBe(3)
    expect(await blobs.sweep()).toEqual({ files: 0, rows: 0, unfinished: 0 })
  }))

test('old values of a kind that nobody names are removed, over all tenants; named ones, young ones and other kinds stay', () =>
  withBlobs(async ({ blobs, database, folder, tenantId }) => {
    const other = await addTenant(database)
    const write = async (tenant: string, contentType: string, age: number): Promise<string> => {
      const { $blob: { id } } = await blobs.write(tenant, Buffer.from('x'), { contentType })
      await database.system.query('update blobs set created_at = $2 where id = $1', [id, new Date(Date.now() - age)])
      return id
    }
    const named = await write(tenantId, 'a/b', 2 * HOUR)
    const stays = [named, await write(tenantId, 'a/b', HOUR / 2), await write(tenantId, 'a/c', 2 * HOUR)]
    for (const tenant of [tenantId, other]) await write(tenant, 'a/b', 2 * HOUR)
    expect(await blobs.removeUnnamed('a/b', async () => new Set([named]))).toBe(2)
    expect((await filesIn(folder)).map((file) => file.slice(-36)).sort()).toEqual(stays.sort())
    expect(await rowsIn(database)).toBe(3)
    expect(await blobs.removeUnnamed('a/b', async () => new Set([named]))).toBe(0)
  }))

test('a folder whose disk is not mounted costs no row, and a folder of another database no file', () =>
  withBlobs(async ({ blobs, database, folder, tenantId }) => {
    for (let count = 0; count < 3; count += 1) await blobs.write(tenantId, Buffer.from('x'), { contentType: 'text/plain' })
    await database.system.query("update blobs set created_at = now() - interval '2 hours'")
    const elsewhere = createBlobs({ database, folder: `${folder}-empty` })
    expect(await elsewhere.sweep()).toEqual({ files: 0, rows: 0, unfinished: 0 })
    expect(await rowsIn(database)).toBe(3)
    const at = new Date(Date.now() - 2 * HOUR)
    for (const file of await filesIn(folder)) await utimes(file, at, at)
    await database.system.query('delete from blobs')
    expect(await blobs.sweep()).toEqual({ files: 0, rows: 0, unfinished: 0 })
    expect(await filesIn(folder)).toHaveLength(3)
  }))
