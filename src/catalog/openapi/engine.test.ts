import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { closeOpenApiEngine, diffDocuments, importDocument, resolveOperation } from './engine.ts'
import { documentOf } from './test/operation.ts'
import { WorkerLane } from './worker-lane.ts'

afterAll(closeOpenApiEngine)

const bytesOf = (document: unknown) => Buffer.from(JSON.stringify(document))
const small = documentOf({ '/a': { get: { operationId: 'a', responses: { 200: { description: 'ok' } } } } })

/** Many schemas, which take the worker a while. */
function largeDocument(schemas: number): Buffer {
  const entries = Array.from({ length: schemas }, (_, i) => [`S${i}`, { type: 'object', properties: { a: { $ref: `#/components/schemas/S${(i + 1) % schemas}` } } }])
  return bytesOf({ ...small, components: { schemas: Object.fromEntries(entries) } })
}

describe('the engine', () => {
  test('imports, resolves and compares off the main thread', async () => {
    const first = await importDocument({ bytes: bytesOf(small) })
    expect(Buffer.isBuffer(first.normalised)).toBe(true)
    expect(first.operations).toMatchObject([{ id: 'a' }])
    expect(await resolveOperation('k1', () => Promise.resolve(first.normalised), 'a')).toMatchObject({ id: 'a', method: 'GET', path: '/a' })
    const second = await importDocument({ bytes: bytesOf(documentOf({})) })
    expect(await diffDocuments(first.normalised, second.normalised)).toMatchObject({ removed: [{ id: 'a' }], breaking: true })
  })

  test('what was handed in is left as it was', async () => {
    const whole = Buffer.concat([Buffer.from('before'), bytesOf(small), Buffer.from('after')])
    const view = whole.subarray(6, -5)
    await importDocument({ bytes: view })
    expect(view.toString()).toBe(JSON.stringify(small))
    expect(whole.toString('utf8', 0, 6)).toBe('before')
  })

  test('asks for a document once, however many of its operations are resolved', async () => {
    const { normalised } = await importDocument({ bytes: bytesOf(small) })
    let loaded = 0
    const load = () => {
      loaded++
      return Promise.resolve(normalised)
    }
    for (let i = 0; i < 3; i++) await resolveOperation('once', load, 'a')
    expect(loaded).toBe(1)
  })

  test('refusals keep their code and pointers on the way between threads', async () => {
    await expect(importDocument({ bytes: bytesOf({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: { '/a': 5 } }) })).rejects.toMatchObject({ code: 'invalid_document', errors: [{ pointer: '/paths/~1a' }] })
    const { normalised } = await importDocument({ bytes: bytesOf(small) })
    await expect(resolveOperation('k1', () => Promise.resolve(normalised), 'gone')).rejects.toMatchObject({ code: 'operation_not_found' })
  })

  test('a load that fails is the caller\'s to see, and harms nobody else', async () => {
    await expect(resolveOperation('k9', () => Promise.reject(new Error('no blob')), 'a')).rejects.toThrow('no blob')
    await expect(importDocument({ bytes: bytesOf(small) })).resolves.toMatchObject({ title: 'Test' })
  })

  test('the main thread goes on working during an import', async () => {
    let turns = 0
    let done = false
    const importing = importDocument({ bytes: largeDocument(8000) }).finally(() => { done = true })
    const turn = () => {
      turns++
      if (!done) setImmediate(turn)
    }
    setImmediate(turn)
    await importing
    expect(turns).toBeGreaterThan(100)
  })

  test('closing ends those who wait, and the next request starts anew', async () => {
    const waiting = importDocument({ bytes: largeDocument(8000) })
    const outcome = expect(waiting).rejects.toMatchObject({ code: 'shutting_down' })
    await closeOpenApiEngine()
    await outcome
    await expect(importDocument({ bytes: bytesOf(small) })).resolves.toMatchObject({ title: 'Test' })
  })

  test('a process that has used it ends by itself', async () => {
    const script = `import { importDocument } from ${JSON.stringify(fileURLToPath(new URL('./engine.ts', import.meta.url)))}
      const { title } = await importDocument({ bytes: Buffer.from(${JSON.stringify(JSON.stringify(small))}) })
      console.log(title)`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 25_000 })
    expect(stdout.trim()).toBe('Test')
  })
})

describe('a lane', () => {
  const options = { deadlineMs: 30_000, idleMs: 30_000, heapMegabytes: 512 }
  const importing = (bytes: Uint8Array) => ({ kind: 'import', request: { bytes } }) as const

  test('a task over its deadline fails alone', async () => {
    const lane = new WorkerLane({ ...options, deadlineMs: 40 })
    const slow = lane.run(importing(largeDocument(20_000)))
    await expect(slow).rejects.toMatchObject({ code: 'invalid_document', message: expect.stringContaining('0.04 s') as string })
    await lane.close()
    const patient = new WorkerLane(options)
    const [first, second] = await Promise.all([patient.run(importing(bytesOf(small))), patient.run(importing(bytesOf(small)))])
    expect([first, second]).toMatchObject([{ title: 'Test' }, { title: 'Test' }])
    await patient.close()
  })

  test('a task over its memory fails alone, and the process lives', async () => {
    const lane = new WorkerLane({ ...options, heapMegabytes: 24 })
    const greedy = lane.run(importing(largeDocument(60_000)))
    const modest = lane.run(importing(bytesOf(small)))
    await expect(greedy).rejects.toMatchObject({ code: 'invalid_document', message: expect.stringContaining('memory') as string })
    await expect(modest).resolves.toMatchObject({ title: 'Test' })
    await lane.close()
  })

  test('an idle worker is ended', async () => {
    const lane = new WorkerLane({ ...options, idleMs: 1 })
    await lane.run(importing(bytesOf(small)))
    await expect.poll(() => lane.running).toBe(false)
    await expect(lane.run(importing(bytesOf(small)))).resolves.toMatchObject({ title: 'Test' })
    await lane.close()
  })
})
