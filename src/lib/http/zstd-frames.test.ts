import zlib from 'node:zlib'
import { expect, test } from 'vitest'
import { cutAtFrames } from './zstd-frames.ts'

const compress = (text: string, params: Record<number, number> = {}): Buffer => zlib.zstdCompressSync(text, { params })
const skippable = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]), Buffer.from('abc')])
const frames = [
  compress(''), compress('x'), compress('y'.repeat(300_000)), compress(Array.from({ length: 30_000 }, (_, index) => (index * 7919) % 251).join()),
  compress('checked', { [zlib.constants.ZSTD_c_checksumFlag]: 1 }), compress('size left out', { [zlib.constants.ZSTD_c_contentSizeFlag]: 0 }), skippable,
]

async function cut(data: Buffer, pieceBytes: number): Promise<Buffer[]> {
  const pieces = Array.from({ length: Math.ceil(data.length / pieceBytes) }, (_, index) => data.subarray(index * pieceBytes, (index + 1) * pieceBytes))
  const parts: Buffer[] = []
  for await (const part of cutAtFrames((async function* () { yield* pieces })())) parts.push(part)
  return parts
}

test('frames of every kind, in one piece, are told apart', async () => {
  const parts = await cut(Buffer.concat(frames), 1e9)
  expect(parts.map((part) => part.toString('hex').slice(0, 100))).toEqual(frames.map((frame) => frame.toString('hex').slice(0, 100)))
  expect(Buffer.concat(parts).equals(Buffer.concat(frames))).toBe(true)
})

test.each([1, 2, 3, 7, 1000])('in pieces of %i bytes nothing is lost and no part crosses a frame', async (pieceBytes) => {
  const parts = await cut(Buffer.concat(frames), pieceBytes)
  expect(Buffer.concat(parts).equals(Buffer.concat(frames))).toBe(true)
  const ends = new Set<number>()
  let at = 0
  for (const part of parts) ends.add(at += part.length)
  let frameEnd = 0
  for (const frame of frames) expect(ends).toContain(frameEnd += frame.length)
})

test('an end within a frame is an error wherever it is', async () => {
  for (const frame of frames) {
    for (const missing of [1, 2, 4, frame.length - 1, frame.length - 5].filter((bytes) => bytes > 0 && bytes < frame.length)) {
      await expect(cut(frame.subarray(0, -missing), 5), `${frame.length} - ${missing}`).rejects.toThrow('within a frame')
    }
  }
})
