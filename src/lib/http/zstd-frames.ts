/**
 * Passes zstd data on, cut where frames end, and throws when the data ends within one.
 * Node's decompressor needs both: it drops what follows a frame in the same write, and takes half a frame for a whole one.
 */
export async function* cutAtFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const steps = frameSteps()
  let step = steps.next().value
  let field: Buffer[] = []
  let seen = 0
  for await (const chunk of chunks) {
    let start = 0
    let at = 0
    while (at < chunk.length) {
      const part = chunk.subarray(at, at + step.bytes - seen)
      at += part.length
      seen += part.length
      if (step.kept) field.push(part)
      // More than once where a step has no bytes.
      while (seen === step.bytes) {
        step = steps.next(Buffer.concat(field)).value
        field = []
        seen = 0
        if (!step.startsFrame) continue
        yield chunk.subarray(start, at)
        start = at
      }
    }
    if (start < chunk.length) yield chunk.subarray(start)
  }
  if (!step.startsFrame || seen > 0) throw new Error('zstd data that ends within a frame')
}

interface Step { bytes: number, kept: boolean, startsFrame: boolean }

const keep = (bytes: number, startsFrame = false): Step => ({ bytes, kept: true, startsFrame })
const pass = (bytes: number): Step => ({ bytes, kept: false, startsFrame: false })

/** The layout of frames: RFC 8878, section 3.1. Asks for the bytes that say where the next part ends. */
function* frameSteps(): Generator<Step, never, Buffer> {
  for (;;) {
    const magic = (yield keep(4, true)).readUInt32LE()
    if (magic >>> 4 === 0x184d2a5) {
      yield pass((yield keep(4)).readUInt32LE())
      continue
    }
    const descriptor = (yield keep(1)).readUInt8()
    const singleSegment = (descriptor >> 5) & 1
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
    const sizeBytes = [singleSegment, 2, 4, 8][descriptor >> 6] ?? 0
    yield pass(1 - singleSegment + dictionaryBytes + sizeBytes)
    for (let last = 0; last === 0;) {
      const block = (yield keep(3)).readUIntLE(0, 3)
      last = block & 1
      // Of one byte that is repeated, only that byte is there.
      yield pass(((block >> 1) & 3) === 1 ? 1 : block >> 3)
    }
    if ((descriptor & 4) !== 0) yield pass(4) // checksum
  }
}
