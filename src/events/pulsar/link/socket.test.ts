import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAddressGuard } from '../../../lib/http/address-guard.ts'
import { testCertificate } from '../../../lib/http/test-certificate.ts'
import { toLoopback } from '../../../lib/http/test-client.ts'
import { startDnsStub } from '../../../lib/http/test-dns.ts'
import { startPulsarServer, type PulsarServer } from '../pulsar-server.fixture.ts'
import { openSocket, type SocketGuard, type SocketTarget } from '../../../lib/http/socket.ts'

let server: PulsarServer
beforeEach(async () => { server = await startPulsarServer() })
afterEach(() => server.close())

const PATH = '/ws/v2/producer/persistent/public/default/t'

/** `open`, or why not. */
async function outcome(guard: SocketGuard, url: string, more: Partial<SocketTarget> = {}): Promise<string> {
  let socket
  try {
    socket = openSocket(guard, { url: new URL(url), headers: {}, ...more })
  } catch (error) {
    return (error as { code: string }).code
  }
  const opened = Promise.withResolvers<string>()
  socket.on('open', () => { opened.resolve('open') })
  socket.on('error', (error: Error & { code?: string }) => { opened.resolve(error.code ?? error.message) })
  const result = await opened.promise
  socket.terminate()
  return result
}

describe('by default nothing but public addresses is reached', () => {
  const closed = createAddressGuard({ allowNetworks: [] })

  test.each([
    '127.0.0.1', '127.1', '0x7f.1', '2130706433', '017700000001', '0.0.0.0', '[::1]', '[::ffff:7f00:1]', '[::ffff:127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]',
    '169.254.169.254', '[fd00:ec2::254]', '10.0.0.1', '100.64.0.1', '198.18.0.1', '192.168.1.1', '172.16.0.1', '224.0.0.1', '240.0.0.1', 'localhost', 'broker.localhost', 'LOCALHOST.',
  ])('%s is refused before anything is connected to', async (host) => {
    const port = new URL(server.url).port
    expect(await outcome(closed, `ws://${host}:${port}${PATH}`)).toBe('address_refused')
    expect(await outcome(closed, `wss://${host}:${port}${PATH}`)).toBe('address_refused')
    expect(server.asked).toEqual([])
  })

  test('a name that resolves to a private address is refused, also beside a public one', async () => {
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1']]) {
      const guard = createAddressGuard({ allowNetworks: [], lookup: async () => addresses.map((address) => ({ address, family: 4 })) })
      expect(await outcome(guard, `ws://broker.test:${new URL(server.url).port}${PATH}`)).toBe('address_refused')
    }
    expect(server.asked).toEqual([])
  })

  test('a name that answers public first and private next is connected to at the address that was judged, or not at all', async () => {
    await using stub = await startDnsStub([['127.0.0.1']])
    const guard = createAddressGuard({ allowNetworks: [], lookup: stub.lookup })
    // Judged and connected to by one and the same answer: there is no second question.
    expect(await outcome(guard, `ws://rebind.test:${new URL(server.url).port}${PATH}`)).toBe('address_refused')
    expect(stub.questions).toEqual(['rebind.test'])
    const open = createAddressGuard({ allowNetworks: ['127.0.0.0/8'], lookup: stub.lookup })
    expect(await outcome(open, `ws://rebind.test:${new URL(server.url).port}${PATH}`)).toBe('open')
    expect(stub.questions).toEqual(['rebind.test', 'rebind.test'])
  })
})

describe('where loopback is opened', () => {
  const guard = createAddressGuard({ allowNetworks: ['127.0.0.0/8'], lookup: toLoopback })

  test('a redirect is not followed, and the token goes nowhere else', async () => {
    const other = await startPulsarServer()
    server.faults.refuse = { status: 307, html: '', headers: { location: `${other.url}${PATH}` } }
    expect(await outcome(guard, server.url + PATH, { headers: { authorization: 'Bearer of-some-length' } })).toMatch(/307/)
    expect(other.asked).toEqual([])
    await other.close()
  })

  test('a broker whose certificate nobody vouches for is refused before the token is sent', async () => {
    const secure = await startPulsarServer({ tls: true })
    const port = new URL(secure.url).port
    expect(await outcome(guard, `wss://localhost:${port}${PATH}`, { headers: { authorization: 'Bearer of-some-length' } })).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
    expect(secure.asked).toEqual([])
    expect(await outcome(guard, `wss://localhost:${port}${PATH}`, { ca: testCertificate.cert, headers: { authorization: 'Bearer of-some-length' } })).toBe('open')
    expect(secure.asked).toMatchObject([{ headers: { authorization: 'Bearer of-some-length' } }])
    expect(await outcome(guard, `wss://another.test:${port}${PATH}`, { ca: testCertificate.cert }), 'the certificate is of another name').toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    await secure.close()
  })

  test('compression is not offered: what is small on the wire stays small in memory', async () => {
    expect(await outcome(guard, server.url + PATH)).toBe('open')
    expect(server.asked[0]!.headers['sec-websocket-extensions']).toBeUndefined()
  })

  test('a message that no memory is for ends the connection', async () => {
    const socket = openSocket(guard, { url: new URL(`${server.url}/ws/v2/consumer/persistent/public/default/t/s`), headers: {} })
    const failed = once(socket, 'error')
    await once(socket, 'open').catch(() => undefined)
    server.add('persistent://public/default/t', { payload: 'x'.repeat(33 * 1024 * 1024) })
    expect(((await failed)[0] as { code: string }).code).toBe('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
  })
})
