import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { maskBytes, maskStream } from './mask-stream.ts'
import { createMask } from './mask.ts'

const secret = 'a-sécret-of-some-length'
const stars = (text: string | Buffer): string => '*'.repeat(Buffer.byteLength(text))

async function masked(chunks: (string | Buffer)[], secrets: string[] = [secret], { isText = true, isLive = false } = {}): Promise<string> {
  const source = Readable.from(chunks.map((chunk) => Buffer.from(chunk)), { objectMode: false })
  return (await buffer(maskStream(source, createMask(secrets), { isText, isLive }))).toString('utf8')
}

test.each([
  ['raw', secret, stars(secret)],
  ['in JSON of ASCII only', 'a-s\\u00e9cret-of-some-length', stars('a-s\\u00e9cret-of-some-length')],
  ['percent-encoded', encodeURIComponent(secret), stars(encodeURIComponent(secret))],
  ['in hex', Buffer.from(secret).toString('hex'), stars(Buffer.from(secret).toString('hex'))],
])('a secret is overwritten, byte for byte, wherever the pieces part: %s', async (_how, form, expected) => {
  const whole = Buffer.from(`before ${form} after`)
  for (let at = 0; at <= whole.length; at += 1) expect(await masked([whole.subarray(0, at), whole.subarray(at)])).toBe(`before ${expected} after`)
  expect(await masked([...whole].map((byte) => Buffer.of(byte)))).toBe(`before ${expected} after`)
})

test('of overlapping secrets no byte is left, nor of what surrounds them one taken, wherever the pieces part', async () => {
  const secrets = ['abcdefgh', 'efghijkl', 'cdcdcd', 'ijklmnopqrstuvwxyz']
  const text = '<abcdefghijklmnopqrstuvwxyz><cdcdcdcdcd><abcdefg><ijklmnopqrstuvwxy'
  const expected = `<${'*'.repeat(26)}><${'*'.repeat(10)}><abcdefg><ijklmnopqrstuvwxy`
  for (let size = 1; size <= text.length; size += 1) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size))
    expect(await masked(pieces, secrets), `pieces of ${size}`).toBe(expected)
  }
})

test('random bytes come out as they went in', async () => {
  let state = 1
  const bytes = Buffer.from(Array.from({ length: 300_000 }, () => (state = state * 48_271 % 2_147_483_647) & 0xff))
  const source = Readable.from([bytes.subarray(0, 65_536), bytes.subarray(65_536)], { objectMode: false })
  expect(bytes.equals(await buffer(maskStream(source, createMask([secret, 'another-secret']), { isText: false, isLive: false })))).toBe(true)
})

test('what is no text keeps its short runs: a secret of few characters may stand there by chance', async () => {
  expect(await masked(['0000000000 65535 f'], ['000000'], { isText: false })).toBe('0000000000 65535 f')
  expect(await masked(['0000000000 65535 f'], ['000000'])).toBe('********** 65535 f')
})

test('nothing is held back but what may be the begin of a secret; where somebody waits, not for its first few bytes alone', () => {
  const through = (letThrough: number, pieces: string[]): string[] => {
    const passing = maskBytes([Buffer.from(secret).toString('latin1')], letThrough)
    return pieces.map((piece) => {
      passing.write(piece)
      return String(passing.read() ?? '')
    })
  }
  const pieces = ['data: 1\n\n', 'data: a-s', 'afe one', ' and a-s', 'éc', secret.slice(5), '.']
  expect(through(0, pieces)).toEqual(['data: 1\n\n', 'data: ', 'a-safe one', ' and ', '', '*'.repeat(Buffer.byteLength(secret)), '.'])
  expect(through(3, pieces)).toEqual(['data: 1\n\n', 'data: a-s', 'afe one', ' and a-s', '', '*'.repeat(Buffer.byteLength(secret) - 3), '.'])
})

test('where somebody waits, no more than three bytes of a secret pass, wherever the pieces part', async () => {
  const whole = Buffer.from(`before ${secret} after`)
  for (let at = 0; at <= whole.length; at += 1) {
    const text = await masked([whole.subarray(0, at), whole.subarray(at)], [secret], { isLive: true })
    const passed = at > 7 && at <= 10 ? at - 7 : 0
    expect(text, String(at)).toBe(`before ${secret.slice(0, passed)}${stars(secret).slice(passed)} after`)
  }
})

test('a stream that breaks off breaks for its reader with the same error', async () => {
  const broken = new Error('gone')
  const source = new Readable({ read() { this.destroy(broken) } })
  await expect(buffer(maskStream(source, createMask([secret]), { isText: true, isLive: false }))).rejects.toBe(broken)
})

test('a reader that goes away lets go of the source', async () => {
  const source = new Readable({ read() { this.push(Buffer.alloc(1000)) } })
  const closed = new Promise((resolve) => { source.on('close', resolve) })
  maskStream(source, createMask([secret]), { isText: true, isLive: false }).destroy()
  await closed
  expect(source.destroyed).toBe(true)
})
