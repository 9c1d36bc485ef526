import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import zlib from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readBody } from './body.ts'
import type { HttpClient, HttpResponse } from './http.ts'
import { eventually, hubErrorOf, testClient, withEnoughTime } from './test-client.ts'
import { startUpstream, type Upstream } from './test-upstream.ts'

/** An upstream whose answer the test writes, and a client to ask it. */
async function answering(answer: (response: ServerResponse) => void): Promise<{ upstream: Upstream, client: HttpClient, get: (timeoutMs?: number) => Promise<HttpResponse>, getInTime: () => Promise<{ result: HttpResponse, timeoutMs: number }> } & AsyncDisposable> {
  const upstream = await startUpstream((_request, response) => { answer(response) })
  const client = testClient({ closeGraceMs: 100 })
  const get = (timeoutMs = 30_000): Promise<HttpResponse> => client.request({ method: 'GET', url: upstream.url, timeoutMs })
  return {
    upstream,
    client,
    get,
    /** With as little time as suffices for the answer's headers. */
    getInTime: async () => {
      const { result, timeoutMs } = await withEnoughTime((ms) => get(ms).catch(() => undefined), (response) => response !== undefined)
      return { result: result as HttpResponse, timeoutMs }
    },
    [Symbol.asyncDispose]: async () => {
      await upstream[Symbol.asyncDispose]()
      await client.close()
    },
  }
}

/** Writes as fast as it is read, for ever, and counts the bytes. */
function flood(response: ServerResponse): () => number {
  let written = 0
  const more = (): void => {
    for (let room = true; room && !response.destroyed; written += 65536) room = response.write(Buffer.alloc(65536))
  }
  response.on('drain', more)
  more()
  return () => written
}

const inPieces = (response: ServerResponse, ...pieces: (string | Buffer)[]): void => {
  void pipeline(Readable.from(pieces.map((piece) => Buffer.from(piece))), response).catch(() => {})
}

/** Both ways of reading: collected as it comes, and by way of the stream. */
const ways: [string, (response: HttpResponse, maxBytes: number) => Promise<Buffer>][] = [
  ['collected', (response, maxBytes) => readBody(response, { maxBytes })],
  ['streamed', (response, maxBytes) => { expect(response.body).toBeInstanceOf(Readable); return readBody(response, { maxBytes }) }],
  ['with a time of its own', (response, maxBytes) => readBody(response, { maxBytes, timeoutMs: 30_000 })],
  ['of another implementation', ({ status, headers, url, body }, maxBytes) => readBody({ status, headers, url, body }, { maxBytes })],
]

/** Zeros, a gigabyte of them where the format can be repeated, which is cheaper than packing them. */
const bombs = Object.fromEntries(['gzip', 'br', 'zstd', 'gzip, gzip'].map((coding) => [coding, bomb(coding)]))

describe.each(ways)('a body that is %s', (_way, read) => {
  test('comes whole, in one piece or many', async () => {
    await using one = await answering((response) => { response.end('one piece') })
    expect((await read(await one.get(), 9)).toString()).toBe('one piece')
    await using many = await answering((response) => { inPieces(response, 'a'.repeat(100_000), 'b'.repeat(100_000), 'c') })
    expect((await read(await many.get(), 200_001)).toString()).toBe(`${'a'.repeat(100_000)}${'b'.repeat(100_000)}c`)
    await using none = await answering((response) => { response.end() })
    expect(await read(await none.get(), 0)).toHaveLength(0)
  })

  test('is refused one byte over the bound', async () => {
    await using declared = await answering((response) => { response.end('one piece') })
    expect(await hubErrorOf(read(await declared.get(), 8))).toMatchObject({ code: 'upstream_response_too_large', message: expect.stringContaining(' 8 bytes') })
    await using chunked = await answering((response) => { inPieces(response, 'one ', 'piece') })
    expect(await hubErrorOf(read(await chunked.get(), 8))).toMatchObject({ code: 'upstream_response_too_large' })
  })

  test('without end is cut at the bound, and its connection closed', async () => {
    let taken = (): number => 0
    await using endless = await answering((response) => { taken = flood(response) })
    expect(await hubErrorOf(read(await endless.get(), 1_000_000))).toMatchObject({ code: 'upstream_response_too_large' })
    await eventually(() => endless.upstream.connections.open).toBe(0)
    expect(taken(), 'what the sockets of both sides may hold, and not 100 MB').toBeLessThan(20_000_000)
  })

  test('of 100 MB, as it says, is not read to its end', async () => {
    let taken = (): number => 0
    await using large = await answering((response) => { response.writeHead(200, { 'content-length': 100_000_000 }); taken = flood(response) })
    expect(await hubErrorOf(read(await large.get(), 1_000_000))).toMatchObject({ code: 'upstream_response_too_large' })
    await eventually(() => large.upstream.connections.open).toBe(0)
    expect(taken()).toBeLessThan(20_000_000)
  })

  test('that breaks off is an error, not a short body', async () => {
    await using reset = await answering((response) => { response.write('some'); response.socket?.resetAndDestroy() })
    await using short = await answering((response) => { response.writeHead(200, { 'content-length': 10 }).write('some', () => { response.destroy() }) })
    await using chunked = await answering((response) => { response.write('some', () => { response.destroy() }) })
    for (const { get } of [reset, short, chunked]) {
      const failed = await hubErrorOf(get().then((response) => read(response, 100)))
      expect(failed).toMatchObject({ code: 'upstream_unavailable', beforeSending: false })
    }
  })

  test('that has broken before it is read is an error as well', async () => {
    await using broken = await answering((response) => { response.write('some', () => { response.destroy() }) })
    const response = await broken.get()
    await eventually(() => broken.client.stats().connected).toBe(0)
    expect(await hubErrorOf(read(response, 100))).toMatchObject({ code: 'upstream_unavailable' })
  })

  test.each(['gzip', 'x-gzip', 'deflate', 'raw deflate', 'br', 'zstd', 'gzip, br', 'GZIP, identity'])('is decoded from %s', async (coding) => {
    const content = Buffer.from('größe '.repeat(50_000))
    await using encoded = await answering((response) => {
      const body = encode(content, coding)
      response.writeHead(200, { 'content-encoding': coding.replace('raw ', ''), 'content-length': body.length, 'content-type': 'text/plain' })
      inPieces(response, body.subarray(0, 1), body.subarray(1, 100), body.subarray(100))
    })
    const response = await encoded.get()
    expect(response.headers).not.toHaveProperty('content-encoding')
    expect(response.headers).not.toHaveProperty('content-length')
    expect(response.headers['content-type']).toBe('text/plain')
    expect((await read(response, content.length)).equals(content)).toBe(true)
    expect(await hubErrorOf(read(await encoded.get(), content.length - 1)), 'the bound is on the content').toMatchObject({ code: 'upstream_response_too_large' })
  })

  test.each(Object.keys(bombs))('a %s bomb is refused without being unpacked', async (coding) => {
    await using bombing = await answering((response) => { response.writeHead(200, { 'content-encoding': coding }).end(bombs[coding]) })
    const response = await bombing.get()
    const before = process.memoryUsage.rss()
    let peak = before
    const watch = setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()) }, 1)
    const error = await hubErrorOf(read(response, 10_000_000))
    clearInterval(watch)
    peak = Math.max(peak, process.memoryUsage.rss())
    expect(error).toMatchObject({ code: 'upstream_response_too_large' })
    expect(peak - before, 'of 256 MB or more unpacked').toBeLessThan(150_000_000)
  })

  test.each([
    ['damaged', (body: Buffer) => Buffer.concat([body.subarray(0, 50), Buffer.alloc(50, 0xff), body.subarray(100)])],
    ['cut short', (body: Buffer) => body.subarray(0, -20)],
    ['not encoded at all', () => Buffer.from('plain text that says it is not')],
  ])('that is %s is an unusable answer', async (_case, damage) => {
    const random = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251))
    for (const coding of ['gzip', 'br', 'zstd']) {
      await using damaged = await answering((response) => { response.writeHead(200, { 'content-encoding': coding }).end(damage(encode(random, coding))) })
      expect(await hubErrorOf(read(await damaged.get(), 1_000_000)), coding).toMatchObject({ code: 'upstream_invalid_response' })
    }
  })

  test('is empty where it is empty, whatever its content-encoding', async () => {
    await using empty = await answering((response) => { response.writeHead(200, { 'content-encoding': 'gzip' }).end() })
    expect(await read(await empty.get(), 0)).toHaveLength(0)
  })

  test('in a coding that is not known stays as it is, and says so', async () => {
    await using unknown = await answering((response) => { response.writeHead(200, { 'content-encoding': 'aws-chunked' }).end('as it is') })
    const response = await unknown.get()
    expect(response.headers['content-encoding']).toBe('aws-chunked')
    expect((await read(response, 100)).toString()).toBe('as it is')
  })

  test('in zstd that wants a window of 128 MB is refused', async () => {
    await using greedy = await answering((response) => {
      const encoder = zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_windowLog]: 27 } })
      response.writeHead(200, { 'content-encoding': 'zstd' })
      void pipeline(Readable.from(['some', 'more']), encoder, response)
    })
    expect(await hubErrorOf(read(await greedy.get(), 100))).toMatchObject({ code: 'upstream_invalid_response' })
  })

  test('encoded thrice is refused', async () => {
    await using thrice = await answering((response) => { response.writeHead(200, { 'content-encoding': 'gzip, gzip, gzip' }).end(encode(Buffer.from('x'), 'gzip, gzip, gzip')) })
    expect(await hubErrorOf(read(await thrice.get(), 100))).toMatchObject({ code: 'upstream_invalid_response' })
  })
})

describe('time', () => {
  const stall = (response: ServerResponse): void => { response.write('some') }
  const stallEncoded = (response: ServerResponse): void => { response.writeHead(200, { 'content-encoding': 'gzip' }).write(zlib.gzipSync('some').subarray(0, 12)) }
  const drip = (response: ServerResponse): void => {
    const timer = setInterval(() => { response.write('x') }, 5)
    response.on('close', () => { clearInterval(timer) })
  }

  test.each([['stalls', stall], ['stalls within an encoding', stallEncoded], ['comes in drops', drip]])('of the request holds for a buffered body that %s', async (_case, answer) => {
    await using slow = await answering(answer)
    const { result: response } = await slow.getInTime()
    expect(await hubErrorOf(readBody(response, { maxBytes: 1_000_000 }))).toMatchObject({ code: 'upstream_timeout', beforeSending: false })
    await eventually(() => slow.upstream.connections.open).toBe(0)
  })

  test.each([['stalls', stall], ['stalls within an encoding', stallEncoded], ['comes in drops', drip]])('of its own ends a body that %s', async (_case, answer) => {
    await using slow = await answering(answer)
    expect(await hubErrorOf(readBody(await slow.get(), { maxBytes: 1_000_000, timeoutMs: 20 }))).toMatchObject({ code: 'upstream_timeout' })
    expect(await hubErrorOf(readBody(await slow.get(), { maxBytes: 1_000_000, signal: AbortSignal.timeout(20) }))).toMatchObject({ code: 'upstream_timeout' })
    expect(await hubErrorOf(readBody(await slow.get(), { maxBytes: 1_000_000, signal: AbortSignal.abort() }))).toMatchObject({ code: 'upstream_timeout' })
    await eventually(() => slow.upstream.connections.open).toBe(0)
  })

  test('of the request does not cut a body that is streamed', async () => {
    const responses: ServerResponse[] = []
    await using slow = await answering((response) => { responses.push(response.on('error', () => {})); response.write('some ') })
    const { result: response, timeoutMs } = await slow.getInTime()
    const answer = responses.at(-1)
    const chunks = response.body.iterator()
    expect(String((await chunks.next()).value)).toBe('some ')
    await outlast(slow, timeoutMs)
    answer?.end('more')
    expect(String((await chunks.next()).value)).toBe('more')
  })

  test('that is over before the reading begins has the same end', async () => {
    await using slow = await answering(stall)
    const { result: response, timeoutMs } = await slow.getInTime()
    await outlast(slow, timeoutMs)
    expect(await hubErrorOf(readBody(response, { maxBytes: 100 }))).toMatchObject({ code: 'upstream_timeout' })
  })

  /** Another request that begins now with the same time: when it has run out, so has the first one's. */
  async function outlast({ get }: { get: (timeoutMs: number) => Promise<HttpResponse> }, timeoutMs: number): Promise<void> {
    expect(await hubErrorOf(get(timeoutMs).then((response) => readBody(response, { maxBytes: 100 })))).toMatchObject({ code: 'upstream_timeout' })
  }
})

test('a body that says it is over the bound is refused before it has come', async () => {
  await using large = await answering((response) => { response.writeHead(200, { 'content-length': 101 }).flushHeaders() })
  expect(await hubErrorOf(readBody(await large.get(), { maxBytes: 100 }))).toMatchObject({ code: 'upstream_response_too_large' })
})

describe('a stream', () => {
  test.each([['that has been looked at', true], ['that has not been looked at', false]])('%s makes the upstream wait for its reader', async (_case, lookedAt) => {
    let taken = (): number => 0
    await using endless = await answering((response) => { taken = flood(response) })
    const response = await endless.get()
    if (lookedAt) expect(response.body.readableFlowing).toBe(null)
    let last = -1
    await eventually(() => { const still = taken() === last; last = taken(); return still }).toBe(true)
    expect(last).toBeLessThan(20_000_000)
    let received = 0
    for await (const chunk of response.body) {
      received += (chunk as Buffer).length
      if (received > last + 5_000_000) break
    }
    expect(taken()).toBeGreaterThan(last)
    await eventually(() => endless.upstream.connections.open).toBe(0)
  })

  test.each(['identity', 'gzip'])('that is destroyed (%s) closes its connection, even where nothing comes', async (coding) => {
    await using stalled = await answering((response) => { response.writeHead(200, { 'content-encoding': coding }).write('\x1f') })
    const response = await stalled.get()
    const reading = response.body.iterator().next().catch(() => {})
    response.body.destroy()
    await eventually(() => stalled.upstream.connections.open).toBe(0)
    await reading
  })

  test('that breaks with nobody listening does not end the process', async () => {
    const uncaught: unknown[] = []
    const note = (error: unknown): void => { uncaught.push(error) }
    process.on('uncaughtException', note).on('unhandledRejection', note)
    for (const coding of ['identity', 'gzip']) {
      await using broken = await answering((response) => { response.writeHead(200, { 'content-encoding': coding }).write(zlib.gzipSync('some').subarray(0, 12), () => { response.destroy() }) })
      const response = await broken.get()
      const closed = new Promise((resolve) => { response.body.on('close', resolve) })
      if (coding === 'gzip') response.body.resume()
      await closed
    }
    process.off('uncaughtException', note).off('unhandledRejection', note)
    expect(uncaught).toEqual([])
  })
})

function encode(content: Buffer, codings: string): Buffer {
  const encoders: Record<string, (content: Buffer) => Buffer> = {
    gzip: (body) => zlib.gzipSync(body), 'x-gzip': (body) => zlib.gzipSync(body), deflate: (body) => zlib.deflateSync(body), 'raw deflate': (body) => zlib.deflateRawSync(body),
    br: (body) => zlib.brotliCompressSync(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: body.length > 1_000_000 ? 1 : 9 } }), zstd: (body) => zlib.zstdCompressSync(body, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } }), identity: (body) => body,
  }
  return codings.toLowerCase().split(', ').reduce<Buffer>((body, coding) => (encoders[coding] as (content: Buffer) => Buffer)(body), content)
}

function bomb(codings: string): Buffer {
  if (codings === 'br') return encode(Buffer.alloc(256_000_000), 'br')
  const [first, ...others] = codings.split(', ') as [string, ...string[]]
  const million = encode(Buffer.alloc(1_000_000), first)
  return others.reduce<Buffer>((body, coding) => encode(body, coding), Buffer.concat(Array(1000).fill(million)))
}
