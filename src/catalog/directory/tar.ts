/** Reads a tar stream (POSIX ustar with pax headers, as npm writes them) entry by entry. */
import { HubError } from '../../errors.ts'

export interface TarEntry { name: string, content: Buffer }

export interface TarOptions {
  /** Only these regular files are kept in memory, one at a time; everything else is passed over. */
  wanted(name: string): boolean
  /** A larger wanted file is refused. */
  maxEntryBytes: number
}

const BLOCK = 512

/** Throws HubError `invalid_document` for what is no tar, is cut off, or is too large. */
export async function* readTar(stream: AsyncIterable<Buffer>, { wanted, maxEntryBytes }: TarOptions): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(stream)
  let longName: string | undefined
  for (;;) {
    const header = await bytes.take(BLOCK)
    if (header.every((byte) => byte === 0)) return
    checkSum(header)
    const size = readSize(header)
    const padded = Math.ceil(size / BLOCK) * BLOCK
    const type = String.fromCharCode(header[156]!)
    const name: string = longName ?? readName(header)
    longName = undefined
    if (type === 'x') {
      if (size > 64 * 1024) throw broken('a header is too long')
      longName = paxPath((await bytes.take(padded)).subarray(0, size).toString('utf8'))
    } else if ((type === '0' || type === '\0') && wanted(name)) {
      if (size > maxEntryBytes) throw broken(`${name.slice(0, 200)} is too large`)
      yield { name, content: (await bytes.take(padded)).subarray(0, size) }
    } else {
      await bytes.skip(padded)
    }
  }
}

class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  async take(size: number): Promise<Buffer> {
    const taken = Buffer.allocUnsafe(size)
    let filled = 0
    await this.#pass(size, (part) => { filled += part.copy(taken, filled) })
    return taken
  }

  async skip(size: number): Promise<void> {
    await this.#pass(size, () => {})
  }

  async #pass(size: number, use: (part: Buffer) => void): Promise<void> {
    let left = size
    while (left > 0) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#chunks.next()
        if (done === true) throw broken('it ends too early')
        this.#rest = value
      }
      const part = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(part.length)
      left -= part.length
      use(part)
    }
  }
}

function readName(header: Buffer): string {
  const name = text(header, 0, 100)
  const prefix = text(header, 257, 6).startsWith('ustar') ? text(header, 345, 155) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function readSize(header: Buffer): number {
  const digits = text(header, 124, 12).trim()
  if (!/^[0-7]{1,11}$/.test(digits)) throw broken('a size is not readable')
  return Number.parseInt(digits, 8)
}

function checkSum(header: Buffer): void {
  let sum = 0
  for (let at = 0; at < BLOCK; at += 1) sum += at >= 148 && at < 156 ? 32 : header[at]!
  if (Number.parseInt(text(header, 148, 8).trim(), 8) !== sum) throw broken('a header is damaged')
}

/** Records of `length key=value\n`. */
function paxPath(records: string): string | undefined {
  return records.split('\n').map((record) => /^\d+ path=(.*)$/s.exec(record)?.[1]).find((path) => path !== undefined)
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.subarray(0, end === -1 ? length : end).toString('utf8')
}

function broken(why: string): HubError {
  return new HubError('invalid_document', `The packed file is not readable: ${why}.`)
}
