import { Duplex, pipeline, Readable } from 'node:stream'
import zlib from 'node:zlib'
import { HubError } from '../../errors.ts'
import { cutAtFrames } from './zstd-frames.ts'

/** The stages that undo a coding, given the first byte where it is known. */
const decoders: Record<string, (firstByte: number) => Duplex[]> = {
  gzip: () => [zlib.createGunzip({ chunkSize })],
  'x-gzip': () => [zlib.createGunzip({ chunkSize })],
  // RFC 9110 means zlib's format, some servers send bare deflate: a zlib header has 8 in its lower half.
  deflate: (firstByte) => [(firstByte & 0x0f) === 8 ? zlib.createInflate({ chunkSize }) : zlib.createInflateRaw({ chunkSize })],
  br: () => [zlib.createBrotliDecompress({ chunkSize })],
  // RFC 9659: a window of at most 8 MB. A frame may ask for more, and the library would allocate 128 MB for it.
  zstd: () => [Duplex.from(cutAtFrames), zlib.createZstdDecompress({ chunkSize, params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } })],
}

const chunkSize = 64 * 1024
const zlibHeader = 0x78
/** Nobody encodes thrice in good faith. */
const maxCodings = 2

/** The codings to undo, the last applied first; undefined where there is nothing to undo or one of them is unknown. */
export function contentCodings(header: string | string[]): string[] | undefined {
  const names = header.toString().toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  if (names.length === 0 || !names.every((name) => Object.hasOwn(decoders, name))) return undefined
  return names.reverse()
}

/**
 * The content of an encoded body, made only as fast as it is read: a bomb costs its reader's bound and a few buffers.
 * Fails with HubError `upstream_invalid_response` for damaged content, or with what the body fails with.
 */
export function decodedBody(body: Readable, codings: string[], host: string): Readable {
  const decoded = Readable.from(decode(body, codings, host), { objectMode: false, highWaterMark: chunkSize })
  const destroy = decoded._destroy
  decoded._destroy = (error, callback) => {
    // First, since the generator may be waiting for a chunk that never comes, and would not end before it.
    body.destroy()
    destroy.call(decoded, error, callback)
  }
  // As with every body: it may break before its reader listens.
  return decoded.on('error', () => {})
}

async function* decode(body: Readable, codings: string[], host: string): AsyncGenerator<Buffer> {
  if (codings.length > maxCodings) throw undecodable(host)
  const chunks = body[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>
  const first = await chunks.next()
  if (first.done === true) return // an empty body is an empty body, whatever its content-encoding
  const encoded = async function* (): AsyncGenerator<Buffer> {
    yield first.value
    yield* chunks
  }
  const stages = codings.flatMap((name, index) => decoder(name, index === 0 ? first.value[0] : undefined))
  try {
    // The last stream gets all errors.
    pipeline([Readable.from(encoded(), { objectMode: false }), ...stages], () => {})
    yield* stages.at(-1) as Duplex
  } catch (error) {
    throw error instanceof HubError ? error : undecodable(host, error)
  }
}

function decoder(name: string, firstByte = zlibHeader): Duplex[] {
  return (decoders[name] as (firstByte: number) => Duplex[])(firstByte)
}

function undecodable(host: string, cause?: unknown): HubError {
  return new HubError('upstream_invalid_response', `${host} sent content that its content-encoding does not fit.`, { cause })
}
