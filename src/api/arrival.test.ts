import { connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createLogger } from '../logger.ts'
import { Answer, defineRoute, type Route } from './route.ts'
import { createServer } from './server.ts'
import type { Services } from './services.ts'

const limits = { headersMs: 300, bodyMs: 300, pauseMs: 900 }
const base = { scope: 'public', tag: 'Test', summary: 'Test.', reply: z.unknown() } as const
const wait = { answer: Promise.resolve() }

const routes: Route[] = [
  defineRoute({ ...base, method: 'POST', path: '/json', body: z.unknown(), handle: async () => 'taken' }),
  defineRoute({ ...base, method: 'GET', path: '/plain', handle: async () => 'here' }),
  defineRoute({ ...base, method: 'POST', path: '/slow', body: z.unknown(), handle: async () => { await wait.answer; return 'late' } }),
  defineRoute({ ...base, method: 'POST', path: '/stream', bodyKind: 'stream', handle: async (_services, { body }) => { const got = await text(body as Readable); await wait.answer; return { bytes: got.length } } }),
  defineRoute({ ...base, method: 'POST', path: '/early', bodyKind: 'stream', handle: async () => new Answer({ body: 'enough' }) }),
  defineRoute({ ...base, method: 'POST', path: '/keyed', scope: 'integrations:run', bodyKind: 'stream', handle: async () => 'never' }),
]

let server: FastifyInstance
const sockets: Socket[] = []

beforeEach(async () => {
  server = createServer({
    routes, services: {} as Services, idempotency: { once: () => Promise.reject(new Error('unused')), expire: () => Promise.resolve() }, logger: createLogger('silent'),
    maxBodyBytes: 1_000_000, arrival: limits, observe: () => undefined,
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await server.close()
})

interface Connection { write(text: string): void, got(): string, ended: Promise<string> }

function open(head: string): Connection {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
  sockets.push(socket)
  let got = ''
  socket.setEncoding('utf8').on('data', (part: string) => { got += part }).on('error', () => undefined)
  const ended = new Promise<string>((resolve) => { socket.once('close', () => { resolve(got) }) })
  socket.write(head)
  return { write: (part) => { if (socket.writable) socket.write(part) }, got: () => got, ended }
}

/** Sends a byte now and then, without end. */
function trickle(head: string, byte = 'a'): Connection & { stop(): void } {
  const connection = open(head)
  const timer = setInterval(() => { connection.write(byte) }, 20)
  void connection.ended.then(() => { clearInterval(timer) })
  return { ...connection, stop: () => { clearInterval(timer) } }
}

const post = (path: string, length = 100_000): string => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
const chunked = (path: string): string => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n`

test('a body that trickles in is cut with 408, though it never pauses', async () => {
  const answer = await trickle(post('/json')).ended
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[^]*"code":"request_timeout"/)
  expect(answer).toMatch(/connection: close/i)
})

test('headers that trickle in are cut with 408', async () => {
  expect(await trickle('GET /plain HTTP/1.1\r\nHost: x\r\nX-Long: ').ended).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[^]*"code":"request_timeout"/)
})

test('a connection that says nothing is cut', async () => {
  expect(await open('').ended).toMatch(/^HTTP\/1\.1 408 /)
})

test.each([
  ['a route that takes none', post('/plain').replace('POST', 'GET'), /^HTTP\/1\.1 200 /],
  ['a path that is not there', post('/nowhere'), /^HTTP\/1\.1 (404|408) /],
  ['a path that is none', post('/%zz'), /^HTTP\/1\.1 (400|408) /],
  ['a stream whose sender has no key', chunked('/keyed'), /^HTTP\/1\.1 401 /],
])('a body that trickles in for %s holds no connection either', async (_what, head, status) => {
  expect(await trickle(head, head.includes('chunked') ? '1\r\na\r\n' : 'a').ended).toMatch(status)
})

test('a streamed body goes on for as long as it does not pause, far beyond the time of an ordinary one', async () => {
  const upload = trickle(chunked('/stream'), '1\r\na\r\n')
  for (let ordinary = 0; ordinary < 8; ordinary += 1) expect(await trickle(post('/json')).ended).toContain('408')
  expect(upload.got()).toBe('')
  upload.stop()
  upload.write('0\r\n\r\n')
  await vi.waitFor(() => { expect(upload.got()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"bytes":\d\d/) }, { timeout: 10_000 })
})

test('a streamed body that pauses for too long is cut with 408', async () => {
  const upload = open(chunked('/stream'))
  upload.write('1\r\na\r\n')
  expect(await upload.ended).toMatch(/^HTTP\/1\.1 408 /)
})

test('what still trickles in behind the answer to a stream is cut', async () => {
  expect(await trickle(chunked('/early'), '1\r\na\r\n').ended).toMatch(/^HTTP\/1\.1 200 [^]*enough/)
})

test.each([['/slow', post('/slow', 2), '{}'], ['/stream', chunked('/stream'), '1\r\na\r\n0\r\n\r\n']])('an answer may take longer than any body: %s', async (_path, head, body) => {
  let release = (): void => undefined
  wait.answer = new Promise((resolve) => { release = resolve })
  const asked = open(head)
  asked.write(body)
  // Both limits pass meanwhile.
  await open(chunked('/stream')).ended
  expect(asked.got()).toBe('')
  release()
  await vi.waitFor(() => { expect(asked.got()).toMatch(/^HTTP\/1\.1 200 OK/) }, { timeout: 10_000 })
  // And the connection serves the next request.
  asked.write('GET /plain HTTP/1.1\r\nHost: x\r\n\r\n')
  await vi.waitFor(() => { expect(asked.got()).toMatch(/HTTP\/1\.1 200 OK[^]*HTTP\/1\.1 200 OK[^]*here/) }, { timeout: 10_000 })
})
