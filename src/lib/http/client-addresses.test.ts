/** Attack case 1 of the security notes: addresses that outgoing calls must not reach, in every disguise. */
import diagnostics from 'node:diagnostics_channel'
import http from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hubErrorOf, testClient, toLoopback } from './test-client.ts'
import { startDnsStub } from './test-dns.ts'
import { listen, startUpstream, type Upstream } from './test-upstream.ts'

/** Answers on every address of this machine, so that whatever connects is counted. */
let everywhere: Pick<Upstream, 'port' | 'connections' | typeof Symbol.asyncDispose>
let hasIPv6 = true
let connected = 0
const countConnection = (): void => { connected += 1 }

beforeAll(async () => {
  const answer = (): http.Server => http.createServer((_request, response) => { response.end('reached') })
  everywhere = await listen(answer(), '::').catch(() => {
    hasIPv6 = false
    return listen(answer(), '0.0.0.0')
  })
  diagnostics.subscribe('undici:client:connected', countConnection)
})

afterAll(async () => {
  diagnostics.unsubscribe('undici:client:connected', countConnection)
  await everywhere[Symbol.asyncDispose]()
})

beforeEach(() => {
  connected = 0
  everywhere.connections.total = 0
})

/** `:PORT` becomes the listening server's. */
const loopbackForms = [
  'http://127.0.0.1:PORT/', 'http://127.0.0.1.:PORT/', 'http://127.1:PORT/', 'http://127.0.1:PORT/', 'http://2130706433:PORT/',
  'http://0x7f000001:PORT/', 'http://0x7f.0x0.0x0.0x1:PORT/', 'http://0X7F.1:PORT/', 'http://0177.0.0.1:PORT/', 'http://017700000001:PORT/',
  'http://00000177.00.0.01:PORT/', 'http://0x7f.0.1:PORT/', 'http://127.000.000.001:PORT/',
  'http://0:PORT/', 'http://0.0.0.0:PORT/', 'http://0x0:PORT/', 'http://00.0:PORT/',
  'http://１２７.０.０.１:PORT/', 'http://127。0。0。1:PORT/', 'http://127．0｡0.1:PORT/', 'http://①②⑦.0.0.1:PORT/', 'http://𝟙𝟚𝟟.0.0.1:PORT/', 'http://127.0.0.\u00ad1:PORT/',
  'http://%31%32%37.0.0.1:PORT/', 'http://127%2e0%2e0%2e1:PORT/', 'http://127.0.\t0.1:PORT/', 'http://127.0.\n0.1:PORT/',
  'http:127.0.0.1:PORT/', 'http:/127.0.0.1:PORT/', 'http:\\\\127.0.0.1:PORT\\', 'http:////127.0.0.1:PORT/', '  http://127.0.0.1:PORT/  ', 'HTTP://127.0.0.1:PORT/',
  'http://@127.0.0.1:PORT/', 'http://:@127.0.0.1:PORT/', 'http://127.0.0.1:PORT#@example.com/', 'http://127.0.0.1:PORT\\@example.com/', 'http://127.0.0.1:PORT?@example.com/', 'http://127.0.0.1:0PORT/',
  'http://localhost:PORT/', 'http://LOCALHOST:PORT/', 'http://localhost.:PORT/', 'http://localhost..:PORT/', 'http://metadata.localhost:PORT/', 'http://a.b.localhost.:PORT/',
  'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/', 'http://ｌocalhost:PORT/', 'http://lo\u00adcalhost:PORT/', 'http://l%6fcalhost:PORT/',
]

const loopbackFormsV6 = [
  'http://[::1]:PORT/', 'http://[0:0:0:0:0:0:0:1]:PORT/', 'http://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/', 'http://[::0.0.0.1]:PORT/', 'http://[::]:PORT/', 'http://[0::0]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/', 'http://[::ffff:7f00:1]:PORT/', 'http://[::FFFF:7F00:0001]:PORT/', 'http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/', 'http://[::ffff:0.0.0.0]:PORT/',
]

const otherAddresses = [
  'http://127.0.0.2:PORT/', 'http://127.255.255.254:PORT/', 'http://[::ffff:127.255.1.2]:PORT/',
  'http://10.0.0.1/', 'http://012.0.0.1/', 'http://167772161/', 'http://172.16.0.1/', 'http://172.31.255.255/', 'http://192.168.1.1/', 'http://0xc0a80101/',
  'http://169.254.169.254/latest/meta-data/', 'http://2852039166/', 'http://0xa9fea9fe/', 'http://0251.0376.0251.0376/', 'http://169.254.43518/', 'http://[::ffff:169.254.169.254]/', 'http://[::ffff:a9fe:a9fe]/',
  'http://[fd00:ec2::254]/', 'http://[fd20:ce::254]/', 'http://100.100.100.200/', 'http://192.0.0.192/', 'http://168.63.129.16/', 'http://169.254.170.2/v2/credentials',
  'http://100.64.0.1/', 'http://198.18.0.1/', 'http://198.19.255.254/', 'http://192.0.2.1/', 'http://198.51.100.1/', 'http://203.0.113.1/', 'http://192.88.99.1/',
  'http://224.0.0.1/', 'http://239.255.255.250/', 'http://240.0.0.1/', 'http://255.255.255.255/', 'http://4294967295/', 'http://0.0.0.1/',
  'http://[64:ff9b::7f00:1]/', 'http://[64:ff9b::127.0.0.1]/', 'http://[64:ff9b::a9fe:a9fe]/', 'http://[64:ff9b:1::7f00:1]/',
  'http://[2002:7f00:1::]/', 'http://[2002:a9fe:a9fe::1]/', 'http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/', 'http://[2001::1]/', 'http://[2001:db8::1]/', 'http://[3fff::1]/',
  'http://[::127.0.0.1]/', 'http://[::7f00:1]/', 'http://[::ffff:0:127.0.0.1]/', 'http://[fc00::1]/', 'http://[fe80::1]/', 'http://[fec0::1]/', 'http://[ff02::1]/', 'http://[100::1]/',
  'https://127.0.0.1/', 'https://[::1]/', 'https://localhost/',
]

const notOurs = [
  'http://user:password@example.com/', 'http://user@example.com/', 'http://:password@example.com/', 'http://example.com@127.0.0.1:PORT/', 'http://example.com:80@127.0.0.1:PORT/', 'http://example.com%40:x@127.0.0.1:PORT/', 'http://us%65r@127.0.0.1:PORT/',
  'file:///etc/passwd', 'gopher://127.0.0.1:PORT/_x', 'ftp://127.0.0.1:PORT/', 'data:text/plain,x', 'ws://127.0.0.1:PORT/', 'wss://127.0.0.1:PORT/', 'javascript:0', 'blob:http://127.0.0.1:PORT/x', 'unix:/run/x.sock', 'dict://127.0.0.1:PORT/', 'ldap://127.0.0.1:PORT/', 'jar:http://127.0.0.1:PORT!/', 'about:blank', 'http+unix://%2frun%2fx.sock/', 'view-source:http://127.0.0.1:PORT/',
  '', '/', '//127.0.0.1:PORT/', '127.0.0.1:PORT', 'http://', 'http:///', 'http://[::1', 'http://[::1]x:PORT/', 'http://[fe80::1%25lo]:PORT/', 'http://[::1%lo]:PORT/', 'http://127.0.0.1%00:PORT/', 'http://127.0.0.1 :PORT/', 'http://256.1.1.1/', 'http://4294967297/', 'http://0x100000000/', 'http://08.1/', 'http://1.2.3.4.5/', 'http://127.0.0.1:99999/', 'http://exa mple.com/', 'http://a<b/',
]

const here = (form: string): string => form.replace('PORT', String(everywhere.port))

describe('a client as it comes', () => {
  test.each([...loopbackForms, ...loopbackFormsV6, ...otherAddresses, ...notOurs])('does not connect for %j', async (form) => {
    await using client = testClient({ allowNetworks: [] })
    const error = await hubErrorOf(client.request({ method: 'GET', url: here(form) }))
    expect(error).toMatchObject({ code: 'address_refused', beforeSending: true })
    expect({ connected, taken: everywhere.connections.total }).toEqual({ connected: 0, taken: 0 })
  })

  test.each(['metadata.google.internal', 'instance-data.ec2.internal', 'localtest.test', '127.0.0.1.nip.test', 'xn--n3h.test', 'a'.repeat(63) + '.test', 'localhost.test', 'foo.local'])('does not connect to the name %s with a private address', async (name) => {
    for (const address of ['127.0.0.1', '169.254.169.254', '::1', '::ffff:7f00:1', '64:ff9b::7f00:1', 'fe80::1%lo', '0.0.0.0']) {
      await using client = testClient({ allowNetworks: [], lookup: async () => [{ address, family: address.includes(':') ? 6 : 4 }] })
      expect(await hubErrorOf(client.request({ method: 'GET', url: here(`http://${name}:PORT/`) }))).toMatchObject({ code: 'address_refused', beforeSending: true })
    }
    expect({ connected, taken: everywhere.connections.total }).toEqual({ connected: 0, taken: 0 })
  })

  test('has been shown more than sixty forms, all different', () => {
    const forms = [...loopbackForms, ...loopbackFormsV6, ...otherAddresses, ...notOurs]
    expect(new Set(forms).size).toBe(forms.length)
    expect(forms.length).toBeGreaterThan(60)
  })
})

describe('a client opened to this machine', () => {
  test.each(loopbackForms)('reaches it by %j: the form is a real way in', async (form) => {
    await using client = testClient({ allowNetworks: ['127.0.0.0/8', '0.0.0.0'] })
    const response = await client.request({ method: 'GET', url: here(form) })
    expect(response.status).toBe(200)
    response.body.destroy()
    expect({ connected, taken: everywhere.connections.total }).toEqual({ connected: 1, taken: 1 })
  })

  test.for(loopbackFormsV6)('reaches it by %j: the form is a real way in', async (form, { skip }) => {
    skip(!hasIPv6, 'no IPv6 on this machine')
    await using client = testClient({ allowNetworks: ['127.0.0.0/8', '0.0.0.0', '::', '::1'] })
    const response = await client.request({ method: 'GET', url: here(form) })
    expect(response.status).toBe(200)
    response.body.destroy()
    expect({ connected, taken: everywhere.connections.total }).toEqual({ connected: 1, taken: 1 })
  })
})

describe('redirects', () => {
  const targets = [
    'http://127.0.0.2:PORT/', 'http://0.0.0.0:PORT/', 'http://0:PORT/', 'http://127.2:PORT/', '//127.0.0.2:PORT/', '\\\\127.0.0.2:PORT\\', '/\\127.0.0.2:PORT/', 'http://２130706434:PORT/',
    'http://[::1]:PORT/', 'http://[::ffff:127.0.0.2]:PORT/', 'http://[64:ff9b::7f00:1]:PORT/', 'http://169.254.169.254/', 'http://10.0.0.1/', 'http://[fd00:ec2::254]/', 'https://127.0.0.2/',
    'http://user:password@127.0.0.1:PORT/', 'file:///etc/passwd', 'gopher://127.0.0.1:PORT/', 'ftp://127.0.0.1:PORT/', 'data:text/plain,x', 'ws://127.0.0.1:PORT/', 'javascript:0',
  ]

  test.each(targets)('to %j are refused, though the first address is open', async (target) => {
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(302, { location: Buffer.from(here(target)).toString('latin1') }).end()
    })
    await using client = testClient({ allowNetworks: ['127.0.0.1'] })
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url }))).toMatchObject({ code: 'address_refused', beforeSending: false })
    expect({ connected, taken: everywhere.connections.total, asked: upstream.requests.length }).toEqual({ connected: 1, taken: 0, asked: 1 })
  })

  test('to a name with a private address are refused', async () => {
    await using upstream = await startUpstream((_request, response) => { response.writeHead(302, { location: here('http://private.test:PORT/') }).end() })
    await using client = testClient({ allowNetworks: ['127.0.0.1'], lookup: async () => [{ address: '127.0.0.2', family: 4 }] })
    expect(await hubErrorOf(client.request({ method: 'GET', url: upstream.url }))).toMatchObject({ code: 'address_refused', beforeSending: false })
    expect(everywhere.connections.total).toBe(0)
  })

  test('to an open address are followed', async () => {
    await using upstream = await startUpstream((_request, response) => { response.writeHead(302, { location: here('http://127.0.0.1:PORT/') }).end() })
    await using client = testClient({ allowNetworks: ['127.0.0.1'] })
    const response = await client.request({ method: 'GET', url: upstream.url })
    response.body.destroy()
    expect({ status: response.status, taken: everywhere.connections.total }).toEqual({ status: 200, taken: 1 })
  })
})

describe('DNS rebinding', () => {
  // 0.0.0.0 reaches this machine as well, so that a connection to the refused answer would be taken and counted.
  test('the answer that was checked is the one connected to: one question a connection', async () => {
    await using stub = await startDnsStub([['127.0.0.1'], ['0.0.0.0']])
    await using client = testClient({ allowNetworks: ['127.0.0.1'], lookup: stub.lookup })
    const response = await client.request({ method: 'GET', url: here('http://rebind.test:PORT/') })
    response.body.destroy()
    expect(response.status).toBe(200)
    expect(stub.questions).toEqual(['rebind.test'])
    expect(everywhere.connections.total).toBe(1)
  })

  test('a private answer at the next connection is refused', async () => {
    await using stub = await startDnsStub([['127.0.0.1'], ['0.0.0.0']])
    await using upstream = await startUpstream((_request, response) => { response.writeHead(200, { connection: 'close' }).end() }, { host: '0.0.0.0' })
    await using client = testClient({ allowNetworks: ['127.0.0.1'], lookup: stub.lookup })
    const url = `http://rebind.test:${upstream.port}/`
    const first = await client.request({ method: 'GET', url })
    first.body.resume()
    expect(await hubErrorOf(client.request({ method: 'GET', url }))).toMatchObject({ code: 'address_refused', beforeSending: true })
    expect(stub.questions).toHaveLength(2)
    expect(upstream.connections.total).toBe(1)
  })

  test('a private answer beside a public one is refused before either is tried', async () => {
    await using stub = await startDnsStub([['8.8.8.8', '127.0.0.1']])
    await using client = testClient({ allowNetworks: [], lookup: stub.lookup })
    expect(await hubErrorOf(client.request({ method: 'GET', url: here('http://rebind.test:PORT/') }))).toMatchObject({ code: 'address_refused' })
    expect({ connected, taken: everywhere.connections.total }).toEqual({ connected: 0, taken: 0 })
  })

  test('a Host header does not change where a request goes, nor what the upstream is told', async () => {
    await using upstream = await startUpstream((_request, response) => { response.end() })
    await using client = testClient({ allowNetworks: ['127.0.0.1'], lookup: toLoopback })
    for (const name of ['host', 'Host', 'HOST']) {
      const response = await client.request({ method: 'GET', url: `http://named.test:${upstream.port}/`, headers: { [name]: '0.0.0.0' } })
      response.body.resume()
    }
    expect(upstream.requests.map(({ headers }) => headers.host)).toEqual(Array(3).fill(`named.test:${upstream.port}`))
  })
})
