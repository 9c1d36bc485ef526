import dns from 'node:dns'
import { describe, expect, test } from 'vitest'
import { createAddressGuard } from './address-guard.ts'
import { hubErrorOf } from './test-client.ts'
import { startDnsStub } from './test-dns.ts'

const refusedAddresses = `
  0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
  169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1
  198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
  :: ::1 ::2 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 0:0:0:0:0:ffff:7f00:0001 ::FFFF:10.0.0.1 ::ffff:169.254.169.254
  ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::127.0.0.1 64:ff9b::8.8.8.8 64:ff9b:1::1 64:ff9b:1:ffff::a00:1 100::1 5f00::1
  2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002::1 2002:7f00:1::1 2002:a00:1::
  3fff::1 3fff:fff::1 fc00::1 fd00::1 fd00:ec2::254 fd20:ce::254 fdff::1 fe80::1 fe80::1%lo fe80::1%1 febf::1 fec0::1 ff01::1 ff02::1 ff0e::1
`.trim().split(/\s+/)

const publicAddresses = `
  1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255 169.255.0.0
  172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
  ::ffff:8.8.8.8 ::ffff:808:808 2001:200::1 2001:4860:4860::8888 2003::1 2606:4700:4700::1111 2a00:1450::1 3ffe::1 3fff:1000::1
`.trim().split(/\s+/)

describe('by default', () => {
  const guard = createAddressGuard({ allowNetworks: [] })

  test.each(refusedAddresses)('%s is refused', async (address) => {
    expect(() => { guard.assertAllowed(address) }).toThrow(expect.objectContaining({ code: 'address_refused', beforeSending: true }))
    await expect(guard.resolveHost(address)).rejects.toMatchObject({ code: 'address_refused' })
  })

  test.each(publicAddresses)('%s may be reached', async (address) => {
    guard.assertAllowed(address)
    expect(await guard.resolveHost(address)).toBe(address)
  })

  test.each(['', 'example.com', '127.1', '0x7f.0.0.1', '2130706433', '8.8.8.8.', ' 8.8.8.8', '[::1]', '8.8.8.8/32'])('what is not an IP address in its usual form ("%s") is refused where an address is due', (text) => {
    expect(() => { guard.assertAllowed(text) }).toThrow(expect.objectContaining({ code: 'address_refused' }))
  })

  test.each(['127.1', '0x7f.0.0.1', '2130706433', '017700000001', '[::1]', 'localhost', 'LocalHost.', 'db.localhost', 'a.b.localhost..'])('the host "%s" of another protocol is refused', async (host) => {
    await expect(createAddressGuard({ allowNetworks: [] }).resolveHost(host)).rejects.toMatchObject({ code: expect.stringMatching(/^(address_refused|upstream_unavailable)$/) })
  })
})

describe('allowNetworks', () => {
  test('opens what it names, in all its spellings, and nothing else', () => {
    const guard = createAddressGuard({ allowNetworks: ['127.0.0.0/8', '10.1.2.3', 'fd00:1::/32'] })
    for (const address of ['127.0.0.1', '127.9.9.9', '10.1.2.3', '::ffff:127.0.0.1', '::ffff:a01:203', 'fd00:1:2::3', '8.8.8.8']) guard.assertAllowed(address)
    for (const address of ['128.0.0.1', '126.0.0.1']) guard.assertAllowed(address) // public anyway
    for (const address of ['10.1.2.4', '10.1.2.2', '::1', 'fd00:2::1', '64:ff9b::7f00:1', '169.254.169.254']) {
      expect(() => { guard.assertAllowed(address) }, address).toThrow(/may not reach/)
    }
  })

  test('takes IPv4 networks in v4-mapped form as what they are', () => {
    const guard = createAddressGuard({ allowNetworks: ['::ffff:127.0.0.0/104'] })
    guard.assertAllowed('127.0.0.1')
    expect(() => { guard.assertAllowed('10.0.0.1') }).toThrow(/may not reach/)
  })

  test.each(['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', '10/8', '0x7f.1/8', 'fd00::/129', 'fe80::1%eth0/64', '::ffff:0.0.0.0/90', '*'])('"%s" is an error that names it', (network) => {
    expect(() => createAddressGuard({ allowNetworks: ['10.0.0.0/8', network] })).toThrow(RangeError)
    expect(() => createAddressGuard({ allowNetworks: [network] })).toThrow(`"${network}"`)
  })
})

describe('names', () => {
  const answering = (...addresses: string[]) => ({ lookup: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })) })

  test('a name with public addresses gives the first of them', async () => {
    const guard = createAddressGuard({ allowNetworks: [], ...answering('8.8.8.8', '2606:4700:4700::1111') })
    expect(await guard.resolveHost('mail.test')).toBe('8.8.8.8')
  })

  test.each([[['10.0.0.1']], [['8.8.8.8', '10.0.0.1']], [['127.0.0.1', '8.8.8.8']], [['8.8.8.8', '::ffff:7f00:1']], [['2606:4700:4700::1111', 'fd00:ec2::254']], [['8.8.8.8', 'nonsense']]])('one refused address among the answers %j refuses the name', async (addresses) => {
    const guard = createAddressGuard({ allowNetworks: [], ...answering(...addresses) })
    const error = await hubErrorOf(guard.resolveHost('mail.test'))
    expect(error).toMatchObject({ code: 'address_refused', beforeSending: true })
    expect(error.message, 'what an internal name resolves to is not told').not.toMatch(/10\.|127\.|fd00|8\.8/)
  })

  test('of mixed answers only those are used that the operator opened', async () => {
    const guard = createAddressGuard({ allowNetworks: ['10.0.0.0/8'], ...answering('8.8.8.8', '192.168.0.1', '10.0.0.7') })
    expect(await guard.resolveHost('mail.test')).toBe('10.0.0.7')
  })

  test('localhost is loopback without asking, so that opening one of its addresses is enough', async () => {
    const guard = createAddressGuard({ allowNetworks: ['127.0.0.0/8'], lookup: () => { throw new Error('asked') } })
    expect(await guard.resolveHost('localhost')).toBe('127.0.0.1')
    expect(await guard.resolveHost('demo.localhost.')).toBe('127.0.0.1')
    await expect(guard.resolveHost('notlocalhost')).rejects.toMatchObject({ code: 'upstream_unavailable' })
  })

  test('a name without an address is unavailable, not refused', async () => {
    const empty = createAddressGuard({ allowNetworks: [], ...answering() })
    expect(await hubErrorOf(empty.resolveHost('mail.test'))).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
    const failing = createAddressGuard({ allowNetworks: [], lookup: async () => { throw Object.assign(new Error('no'), { code: dns.NOTFOUND }) } })
    expect(await hubErrorOf(failing.resolveHost('mail.test'))).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
  })

  test('a DNS server that answers public first and private next gets no second chance', async () => {
    await using stub = await startDnsStub([['8.8.8.8'], ['127.0.0.1'], ['8.8.8.8', '169.254.169.254']])
    const guard = createAddressGuard({ allowNetworks: [], lookup: stub.lookup })
    expect(await guard.resolveHost('rebind.test'), 'the address itself, so that nobody asks again').toBe('8.8.8.8')
    await expect(guard.resolveHost('rebind.test')).rejects.toMatchObject({ code: 'address_refused' })
    await expect(guard.resolveHost('rebind.test')).rejects.toMatchObject({ code: 'address_refused' })
    expect(stub.questions).toEqual(['rebind.test', 'rebind.test', 'rebind.test'])
  })
})
