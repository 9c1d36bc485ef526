import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLargeValues } from './large.ts'

test('a large text is stored piece by piece and comes back as it was, wherever its characters lie; once, however often it is met', async () => {
  const files = new Map<string, Buffer>()
  const large = createLargeValues({
    tenantId: 'a', known: {}, stored: () => Promise.resolve(),
    blobs: {
      async write(_tenantId, source, { contentType }) {
        const id = String(files.size)
        const bytes = Buffer.isBuffer(source) ? source : await buffer(source)
        files.set(id, bytes)
        return { $blob: { id, contentType, sizeBytes: bytes.length, sha256: '' } }
      },
      read: (_tenantId, id) => Promise.resolve({ reference: { $blob: { id, contentType: 'application/json', sizeBytes: 0, sha256: '' } }, stream: Readable.from([files.get(id)!]) }),
    },
  })
  // One of them lies across the end of a piece, however many characters stand before.
  for (const [at, text] of ['😀'.repeat(300_000), `a${'😀'.repeat(300_000)}`].entries()) {
    const { $blob: { id } } = await large.store(text)
    expect(id).toBe(String(at))
    expect(await large.read(id) === text).toBe(true)
    expect((await large.store(`${text}`)).$blob.id).toBe(id)
  }
  expect(files.size).toBe(2)
})
