import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createBlobs } from '../blobs/blobs.ts'
import { createDocuments } from './documents.ts'
import { closeOpenApiEngine } from './openapi/engine.ts'
import { sweepDocuments } from './sweep.ts'
import { petDocument, withCatalog } from './test-catalog.ts'

afterAll(() => closeOpenApiEngine())

test('documents of an import that was killed are swept after an hour; those of connectors, of any tenant, stay readable', () => withCatalog(async ({ connectors, caller, otherCaller, database, countRows }) => {
  const folder = await mkdtemp(join(tmpdir(), 'interchange-sweep-'))
  try {
    const blobs = createBlobs({ database, folder })
    const documents = createDocuments(blobs)
    for (const each of [caller, otherCaller]) await connectors.import(each, { id: 'pets', source: { document: petDocument() } })
    for (const { tenantId } of [caller, otherCaller]) await documents.write(tenantId, Buffer.from('{}'), 'killed')
    expect(await sweepDocuments({ blobs, database }), 'they may be of an import that is under way').toBe(0)
    await database.system.query("update blobs set created_at = now() - interval '2 hours'")
    expect(await sweepDocuments({ blobs, database })).toBe(2)
    expect((await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())).toEqual([])
    expect(await countRows()).toMatchObject({ connectors: 2, blobs: 4 })
    for (const each of [caller, otherCaller]) {
      for (const form of ['original', 'normal'] as const) expect(JSON.parse((await connectors.document(each, 'pets', form)).bytes.toString())).toMatchObject({ info: { title: 'Pet Store' } })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}))
