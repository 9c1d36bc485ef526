import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAddressGuard } from '../../../lib/http/address-guard.ts'
import { startPulsarServer, type PulsarServer } from '../pulsar-server.fixture.ts'
import type { LinkTimings } from './link.ts'
import { Producer } from './producer.ts'
import { openSocket } from '../../../lib/http/socket.ts'

const TOPIC = 'persistent://public/default/out'
const timings: LinkTimings = { connectMs: 10_000, firstRetryMs: 5, maxRetryMs: 50, heartbeatMs: 60_000, acknowledgeMs: 60_000 }
const guard = createAddressGuard({ allowNetworks: ['127.0.0.0/8'] })

let server: PulsarServer
let producer: Producer | undefined
let errors: string[]
/** When it was tried to connect. */
let attempts: number[]
beforeEach(async () => {
  server = await startPulsarServer()
  errors = []
  attempts = []
})
afterEach(async () => {
  await producer?.end()
  await server.close()
})

function open(changed: Partial<LinkTimings> = {}): Producer {
  const url = new URL(`${server.url}/ws/v2/producer/persistent/public/default/out`)
  return producer = new Producer({
    timings: { ...timings, ...changed }, connect: async () => {
      attempts.push(performance.now())
      return openSocket(guard, { url, headers: {} })
    },
    changed: (_isConnected, error) => { if (error !== undefined) errors.push(error) },
  })
}

const message = (text: string, more: object = {}) => ({ payload: Buffer.from(text).toString('base64'), properties: { p: text }, ...more })
const stored = (): string[] => server.topic(TOPIC).map(({ payload }) => Buffer.from(payload, 'base64').toString())
const distinct = (): string[] => [...new Set(stored())]
const numbers = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at))

test('a message is sent with its properties and key, and answered with its id', async () => {
  const id = await open().send(message('hello', { key: 'k' }))
  expect(server.topic(TOPIC)).toMatchObject([{ messageId: id, properties: { p: 'hello' }, key: 'k' }])
})

test('more messages than may be pending arrive all, in order', async () => {
  open()
  await Promise.all(numbers(1200).map((each) => producer!.send(message(each))))
  expect(stored()).toEqual(numbers(1200))
})

test('what was not acknowledged when the connection broke is sent again, in order, and what was is not', async () => {
  open()
  await producer!.send(message('before'))
  server.faults.withholds = true
  const sent = numbers(20).map((each) => producer!.send(message(each)))
  await vi.waitFor(() => { expect(stored()).toEqual(['before', ...numbers(20)]) })
  server.faults.withholds = false
  server.breakAll()
  await Promise.all(sent)
  expect(stored()).toEqual(['before', ...numbers(20), ...numbers(20)])
})

test('a broker that is away is waited for', async () => {
  server.faults.refuse = { status: 503, html: '' }
  const sent = open().send(message('patient'))
  await vi.waitFor(() => { expect(server.asked.length).toBeGreaterThan(3) })
  delete server.faults.refuse
  await sent
  expect(stored()).toEqual(['patient'])
  expect(errors[0]).toBe('The broker answered 503 Refused.')
})

test('a message that the broker refuses is sent until it is taken', async () => {
  server.faults.refuseMessages = 3
  open()
  await Promise.all(['a', 'b'].map((each) => producer!.send(message(each))))
  expect(distinct().sort()).toEqual(['a', 'b'])
  expect(errors).toContain('The broker did not take a message (send-error:8: It could not be stored.).')
})

test('a message that is too large for the broker is rejected, and those around it arrive', async () => {
  server.faults.maxFrame = 2000
  open()
  const outcomes = await Promise.allSettled([message('a'), message('x'.repeat(3000)), message('b')].map((each) => producer!.send(each)))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'upstream_rejected', message: expect.stringContaining('too large') })
  expect(distinct()).toEqual(['a', 'b'])
})

test('a broker that acknowledges nothing is left, and tried again', async () => {
  server.faults.withholds = true
  const sent = open({ acknowledgeMs: 50 }).send(message('again'))
  await vi.waitFor(() => { expect(stored().length).toBeGreaterThan(1) })
  server.faults.withholds = false
  await sent
  expect(errors).toContain('The broker did not acknowledge a message within 0.05 s.')
})

test('a server that takes the connection and says nothing is given up, however slowly it says it', async () => {
  const mute = createServer((socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nx: ')
    const drip = setInterval(() => { socket.write('a') }, 10)
    socket.on('error', () => undefined).on('close', () => { clearInterval(drip) })
  })
  await new Promise<void>((resolve) => { mute.listen(0, '127.0.0.1', resolve) })
  const { url } = server
  server.url = `ws://127.0.0.1:${(mute.address() as AddressInfo).port}`
  open({ connectMs: 60 })
  await vi.waitFor(() => { expect(errors).toContain('The broker did not answer within 0.06 s.') })
  await producer!.end()
  server.url = url
  await new Promise((resolve) => { mute.close(resolve) })
})

test('a broker that is gone without a word is noticed by its silence', async () => {
  open({ heartbeatMs: 30 })
  await vi.waitFor(() => { expect(server.connections()).toBe(1) })
  server.faults.isSilent = true
  await vi.waitFor(() => { expect(errors).toContain('The broker does not answer any more.') })
  server.faults.isSilent = false
  await producer!.send(message('back'))
  expect(stored()).toEqual(['back'])
})

test("a refusal is told in the broker's words, out of the page that it sends", async () => {
  server.faults.refuse = { status: 404, html: '<html><head>\n<title>Error 404 Failed to create producer/consumer: {&quot;errorMsg&quot;:&quot;Namespace not\nfound&quot;,&quot;reqId&quot;:17}</title></head></html>' }
  open()
  await vi.waitFor(() => { expect(errors[0]).toBe('The broker answered 404 Refused: Namespace not found') })
})

test('the waits between attempts grow', async () => {
  server.faults.refuse = { status: 503, html: '' }
  open({ firstRetryMs: 20, maxRetryMs: 10_000 })
  await vi.waitFor(() => { expect(attempts.length).toBeGreaterThan(4) }, { timeout: 20_000 })
  // 40, 80, 160 and 320 ms, of which chance takes half at most, and timers a little.
  expect(attempts[4]! - attempts[0]!).toBeGreaterThan(295)
})

test('the end rejects what is left, at once', async () => {
  server.faults.refuse = { status: 503, html: '' }
  const sent = open().send(message('never'))
  const rejected = expect(sent).rejects.toMatchObject({ code: 'shutting_down' })
  await producer!.end()
  await rejected
  await expect(producer!.send(message('late'))).rejects.toMatchObject({ code: 'shutting_down' })
})
