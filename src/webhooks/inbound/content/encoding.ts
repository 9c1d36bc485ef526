/** Undoes a body's content codings, with a bound on what comes out: a bomb costs no more than that. */
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { HubError } from '../../../errors.ts'

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const inflate: Decode = promisify(zlib.inflate)
const inflateRaw: Decode = promisify(zlib.inflateRaw)
const gunzip: Decode = promisify(zlib.gunzip)

const decoders: Record<string, Decode> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  // RFC 9110 means zlib's format, some send bare deflate: a zlib header has 8 in its lower half.
  deflate: (bytes, options) => ((bytes[0]! & 0x0f) === 8 ? inflate : inflateRaw)(bytes, options),
  br: promisify(zlib.brotliDecompress) as Decode,
}

/** Nobody encodes thrice in good faith. */
const MAX_CODINGS = 2

/** Throws HubError `body_too_large`, `unsupported_media_type` for a coding that is not known, `invalid_request` for a body that does not fit it. */
export async function undoCodings(body: Buffer, header: string | undefined, maxBytes: number): Promise<Buffer> {
  const names = (header ?? '').toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity').reverse()
  if (names.length === 0 || body.length === 0) return body
  if (names.length > MAX_CODINGS || !names.every((name) => Object.hasOwn(decoders, name))) {
    throw new HubError('unsupported_media_type', 'The content-encoding is not one of gzip, deflate and br.')
  }
  let bytes = body
  for (const name of names) bytes = await decoders[name]!(bytes, { maxOutputLength: maxBytes }).catch((error: unknown) => refuse(error, name))
  return bytes
}

function refuse(error: unknown, name: string): never {
  if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw new HubError('body_too_large', 'The body is larger than this route takes once it is decompressed.', { cause: error })
  throw new HubError('invalid_request', `The body is no ${name}, as its content-encoding says.`, { cause: error })
}
