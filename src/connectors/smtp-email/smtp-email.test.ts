import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { testContext, type TestContext, type TestContextOptions } from '../test-context.ts'
import { HubError, isHubError } from '../../errors.ts'
import { testCertificate } from '../../lib/http/test-certificate.ts'
import { closedPort } from '../../lib/http/test-upstream.ts'
import { smtpEmail } from './index.ts'
import { startMailServer, type MailServer } from './mail-server.fixture.ts'

const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]()
})

async function serve(options: SMTPServerOptions = {}): Promise<MailServer> {
  const server = await startMailServer(options)
  opened.push(server)
  return server
}

const signIn = { username: 'hub', password: 'right password' }
const message = { to: 'ada@example.com', subject: 'Hello', text: 'Hi Ada' }

function contextFor(server: { port: number }, credentials: Record<string, unknown> = {}, options: Partial<TestContextOptions> = {}): TestContext {
  const context = testContext({ connector: smtpEmail, credentials: { host: '127.0.0.1', port: server.port, secure: false, from: 'Interchange <hub@example.com>', ...credentials }, ...options })
  opened.push(context)
  return context
}

interface Sent { messageId: string, accepted: string[], rejected: { address: string, reason: string }[], response: string }

async function send(context: TestContext, input: unknown = message, idempotencyKey?: string): Promise<Sent> {
  const operation = (await smtpEmail.operations.find('send_message'))!
  return operation.run({ ...context, input, ...idempotencyKey !== undefined && { idempotencyKey } }) as Promise<Sent>
}

async function failureOf(promise: Promise<unknown>): Promise<HubError> {
  const error: unknown = await promise.then(() => new Error('It did not fail.'), (reason: unknown) => reason)
  if (isHubError(error)) return error
  throw error
}

/** Speaks just the given lines: one at the start, then one for each command. */
async function scripted(lines: string[]): Promise<{ port: number }> {
  const server: Server = createServer((socket) => {
    const rest = [...lines]
    const next = (): void => { const line = rest.shift(); if (line === undefined) socket.destroy(); else socket.write(`${line}\r\n`) }
    socket.on('error', () => {}).on('data', next)
    next()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({ [Symbol.asyncDispose]: async () => { server.close(); await once(server, 'close') } })
  return { port: (server.address() as AddressInfo).port }
}

describe('a message', () => {
  test('arrives as it was written, at everyone it was for', async () => {
    const server = await serve()
    const result = await send(contextFor(server, signIn), {
      to: ['"Lovelace, Ada" <ada@example.com>', 'bob@example.com'], cc: 'cy@example.com', bcc: ['dee@example.com'], replyTo: 'Desk <desk@example.com>',
      subject: 'Grüße — 17 €', text: 'Guten Tag, 世界', html: '<p>Guten Tag, <b>世界</b></p>',
    })
    const [received] = server.received
    expect(received).toMatchObject({ from: 'hub@example.com', to: ['ada@example.com', 'bob@example.com', 'cy@example.com', 'dee@example.com'], user: 'hub' })
    expect(received!.email).toMatchObject({
      from: { name: 'Interchange', address: 'hub@example.com' }, subject: 'Grüße — 17 €', replyTo: [{ name: 'Desk', address: 'desk@example.com' }],
      to: [{ name: 'Lovelace, Ada', address: 'ada@example.com' }, { address: 'bob@example.com' }], cc: [{ address: 'cy@example.com' }],
    })
    expect(received!.email.text).toContain('Guten Tag, 世界')
    expect(received!.email.html).toContain('<b>世界</b>')
    expect(received!.raw).not.toContain('dee@example.com')
    expect(result).toMatchObject({ accepted: received!.to, rejected: [], messageId: received!.email.messageId })
  })

  test('carries files byte for byte', async () => {
    const server = await serve()
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at * 31 % 256))
    await send(contextFor(server), {
      ...message, html: '<img src="cid:logo">',
      attachments: [{ filename: 'Rechnung März.pdf', base64: bytes.toString('base64') }, { filename: 'logo.png', contentType: 'image/png', base64: 'iVBORw0KGgo=', cid: 'logo' }],
    })
    const { attachments } = server.received[0]!.email
    const invoice = attachments.find(({ filename }) => filename === 'Rechnung März.pdf')!
    expect(Buffer.from(invoice.content as ArrayBuffer).equals(bytes)).toBe(true)
    expect(invoice.mimeType).toBe('application/pdf')
    expect(attachments.find(({ filename }) => filename === 'logo.png')).toMatchObject({ mimeType: 'image/png', contentId: '<logo>' })
  })

  test('with lines that begin with a dot arrives whole', async () => {
    const server = await serve()
    await send(contextFor(server), { ...message, text: 'one\n.\n..\n.two' })
    expect(server.received[0]!.email.text?.trimEnd()).toBe('one\n.\n..\n.two')
  })

  test('has the same id over all tries of a run, and another in another run', async () => {
    const server = await serve()
    const ids = [await send(contextFor(server), message, 'run-1'), await send(contextFor(server), message, 'run-1'), await send(contextFor(server), message, 'run-2'), await send(contextFor(server))].map(({ messageId }) => messageId)
    expect(ids[0]).toBe(ids[1])
    expect(new Set(ids).size).toBe(3)
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@example\.com>$/)
  })

  test('that some recipients may not have goes to the others, and says who was left out', async () => {
    const server = await serve({ onRcptTo: ({ address }, _session, done) => address.startsWith('no') ? done(Object.assign(new Error('no such user'), { responseCode: 550 })) : done() })
    expect(await send(contextFor(server), { ...message, to: ['ada@example.com', 'nobody@example.com'] })).toMatchObject({ accepted: ['ada@example.com'], rejected: [{ address: 'nobody@example.com', reason: expect.stringContaining('no such user') }] })
    expect(server.received).toHaveLength(1)
  })

  test('can be sent by the name send_email, which is the same operation', async () => {
    expect(await smtpEmail.operations.find('send_email')).toBe(await smtpEmail.operations.find('send_message'))
    expect((await smtpEmail.operations.list()).map(({ id }) => id)).toEqual(['send_message'])
  })
})

describe('input', () => {
  const file = { filename: 'a.txt', base64: 'YQ==' }
  test.each([
    [{ ...message, to: 'ada@example.com\r\nRCPT TO:<eve@example.com>' }, '/to'],
    [{ ...message, to: 'ada@example.com, eve@example.com' }, '/to'],
    [{ ...message, to: 'Ada <ada@example.com>\nBcc: eve@example.com' }, '/to'],
    [{ ...message, to: ['ada@example.com', '"a b"@example.com'] }, '/to'],
    [{ ...message, to: 'no address' }, '/to'],
    [{ ...message, to: 'Ada <ada@example.com> <eve@example.com>' }, '/to'],
    [{ ...message, to: '<ada@example.com' }, '/to'],
    [{ ...message, to: 'ada@@example.com' }, '/to'],
    [{ ...message, to: 'ada@exa mple.com' }, '/to'],
    [{ ...message, to: [] }, '/to'],
    [{ ...message, replyTo: 'x@example.com\r\nX-Evil: 1' }, '/replyTo'],
    [{ ...message, subject: 'Hello\r\nBcc: eve@example.com' }, '/subject'],
    [{ ...message, subject: 'Hello\u0000' }, '/subject'],
    [{ to: 'ada@example.com' }, '/text'],
    [{ ...message, attachments: [{ ...file, filename: '../a.txt' }] }, '/attachments/0/filename'],
    [{ ...message, attachments: [{ ...file, filename: 'a\r\nX: y' }] }, '/attachments/0/filename'],
    [{ ...message, attachments: [{ ...file, base64: 'no base64!' }] }, '/attachments/0/base64'],
    [{ ...message, attachments: [{ ...file, contentType: 'text/plain\r\nX: y' }] }, '/attachments/0/contentType'],
    [{ ...message, attachments: [{ filename: 'a', path: '/etc/passwd', base64: '' }] }, '/attachments/0/path'],
    [{ ...message, headers: { Bcc: 'x@example.com' } }, '/headers'],
    [{ ...message, to: Array.from({ length: 501 }, (_, at) => `a${at}@example.com`) }, '/to'],
  ])('%j is refused with a pointer, and no connection is made', async (input, pointer) => {
    const server = await serve()
    const failure = await failureOf(send(contextFor(server), input))
    expect(failure.code).toBe('invalid_input')
    expect(failure.errors!.some((each) => each.pointer.startsWith(pointer))).toBe(true)
    expect(server.connections()).toBe(0)
  })

  test('never makes the connector read a file or fetch an address', async () => {
    const server = await serve()
    await send(contextFor(server), { ...message, html: '<img src="file:///etc/passwd"><img src="http://127.0.0.1:1/x">' })
    expect(server.received[0]!.email.attachments).toEqual([])
    expect(server.received[0]!.email.html).toContain('file:///etc/passwd')
  })

  test.each([
    [{ from: 'hub@example.com\r\nBcc: eve@example.com' }, 'invalid_input', 'from'], [{ host: 'a b' }, 'invalid_input', 'host'], [{ port: 'many' }, 'invalid_input', 'port'],
    [{ port: 70_000 }, 'invalid_input', 'port'], [{ secure: 'perhaps' }, 'invalid_input', 'secure'], [{ from: undefined }, 'credential_missing', 'from'], [{ host: '' }, 'credential_missing', 'host'],
  ])('the credential %j is refused as %s, with a pointer', async (credentials, code, field) => {
    const failure = await failureOf(send(contextFor({ port: 1 }, credentials)))
    expect(failure).toMatchObject({ code, errors: [expect.objectContaining({ pointer: `/credentials/${field}` })] })
  })

  test('credentials may be text, as forms give them', async () => {
    const server = await serve({ secure: true, ...testCertificate })
    await send(contextFor(server, { ...signIn, port: String(server.port), secure: 'true' }))
    expect(server.received[0]).toMatchObject({ encrypted: true, user: 'hub' })
  })
})

describe('encryption', () => {
  const toServer = async (): Promise<{ address: string, family: number }[]> => [{ address: '127.0.0.1', family: 4 }]

  test('begins before anything else where the server speaks TLS from the start', async () => {
    const server = await serve({ secure: true, ...testCertificate })
    await send(contextFor(server, { ...signIn, secure: true }))
    expect(server.received[0]!.encrypted).toBe(true)
  })

  test('is taken up where the server offers STARTTLS', async () => {
    const server = await serve({ ...testCertificate })
    await send(contextFor(server, signIn))
    expect(server.received[0]!.encrypted).toBe(true)
  })

  test('asks for the name that the user wrote, at the address that the guard gave', async () => {
    const server = await serve({ ...testCertificate })
    await send(contextFor(server, { host: 'mail.example.com' }, { lookup: toServer }))
    expect(server.serverNames).toEqual(['mail.example.com'])
  })

  test('with a certificate that nobody vouches for is refused where it must be verified, before anything is sent', async () => {
    const server = await serve({ ...testCertificate })
    const failure = await failureOf(send(contextFor(server, signIn, { configuration: { tls: 'verified' } })))
    expect(failure).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
    expect(failure.message).toMatch(/TLS/)
    expect(server.received).toEqual([])
  })

  test('with a certificate for the right name passes, for another name not', async () => {
    const trusted = getCACertificates('default')
    setDefaultCACertificates([...trusted, testCertificate.cert])
    opened.push({ [Symbol.asyncDispose]: async () => setDefaultCACertificates(trusted) })
    const server = await serve({ ...testCertificate })
    const configuration = { tls: 'verified' }
    await send(contextFor(server, { host: 'upstream.test' }, { configuration, lookup: toServer }))
    expect(server.received[0]!.encrypted).toBe(true)
    const failure = await failureOf(send(contextFor(server, { host: 'other.test' }, { configuration, lookup: toServer })))
    expect(failure).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
    expect(server.received).toHaveLength(1)
  })

  test.each(['verified', 'unverified'])('is a must with tls %s: a server without it gets nothing', async (tls) => {
    const server = await serve({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] })
    const failure = await failureOf(send(contextFor(server, signIn, { configuration: { tls } })))
    expect(failure).toMatchObject({ beforeSending: true })
    expect(server.received).toEqual([])
  })

  test('is needed before a password goes to another machine', async () => {
    const server = await serve({ hideSTARTTLS: true, allowInsecureAuth: true })
    // Not a loopback address by its number, and yet this machine.
    const elsewhere = { host: '0.0.0.0', ...signIn }
    const failure = await failureOf(send(contextFor(server, elsewhere, { allowNetworks: ['0.0.0.0/8'] })))
    expect(failure).toMatchObject({ code: 'upstream_rejected', beforeSending: true })
    expect(failure.message).toContain('the password was not sent')
    expect(server.signIns()).toBe(0)
    await send(contextFor(server, { host: '0.0.0.0' }, { allowNetworks: ['0.0.0.0/8'] }))
    await send(contextFor(server, elsewhere, { allowNetworks: ['0.0.0.0/8'], configuration: { tls: 'off' } }))
    expect(server.received.map(({ user }) => user)).toEqual([undefined, 'hub'])
  })

  test('can be left off', async () => {
    const server = await serve({ ...testCertificate, allowInsecureAuth: true })
    await send(contextFor(server, signIn, { configuration: { tls: 'off' } }))
    expect(server.received[0]!.encrypted).toBe(false)
  })
})

describe('a failure', () => {
  test('to sign in is a refusal that does not show the password, even where the server says it', async () => {
    const server = await serve()
    const failure = await failureOf(send(contextFor(server, { username: 'hub', password: 'canary-password' })))
    expect(failure).toMatchObject({ code: 'upstream_rejected', beforeSending: true })
    expect(failure.message).toContain('(535)')
    expect(`${failure.message}${JSON.stringify([failure.errors, failure.extra])}`).not.toContain('canary')
    expect(server.received).toEqual([])
  })

  test('to connect is an unavailable upstream, before anything was sent', async () => {
    expect(await failureOf(send(contextFor({ port: await closedPort() })))).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
  })

  test('of the address guard lets no connection through', async () => {
    const server = await serve()
    expect((await failureOf(send(contextFor(server, {}, { allowNetworks: [] })))).code).toBe('address_refused')
    expect(server.connections()).toBe(0)
  })

  test('to answer ends at the deadline', async () => {
    const silent = await scripted(['220-hello'])
    expect(await failureOf(send(contextFor(silent, {}, { timeoutMs: 200 })))).toMatchObject({ code: 'upstream_timeout', beforeSending: true })
  })

  test('to speak SMTP is an unavailable upstream', async () => {
    expect(await failureOf(send(contextFor(await scripted(['HTTP/1.1 400 Bad Request']))))).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
  })

  test.each([
    ['the sender', ['220 x', '250 x', '550 not you'], 'upstream_rejected', true],
    ['the sender for now', ['220 x', '250 x', '451 later'], 'upstream_unavailable', true],
    ['all recipients', ['220 x', '250 x', '250 ok', '550 nobody'], 'upstream_rejected', true],
    ['the message', ['220 x', '250 x', '250 ok', '250 ok', '354 go', '554 spam'], 'upstream_rejected', false],
    ['the message for now', ['220 x', '250 x', '250 ok', '250 ok', '354 go', '452 full'], 'upstream_unavailable', false],
    ['nothing, but goes away while it has the message', ['220 x', '250 x', '250 ok', '250 ok', '354 go'], 'upstream_unavailable', false],
  ])('of a server that refuses %s says whether the message may have got there', async (_, lines, code, beforeSending) => {
    expect(await failureOf(send(contextFor(await scripted(lines))))).toMatchObject({ code, beforeSending })
  })
})

describe('a connection test', () => {
  test('signs in and sends nothing', async () => {
    const server = await serve({ ...testCertificate })
    expect(await smtpEmail.testConnection(contextFor(server, signIn))).toEqual({ detail: `Connected to 127.0.0.1:${server.port} over TLS, signed in as hub.` })
    expect(server.received).toEqual([])
  })

  test('fails with a wrong password', async () => {
    expect((await failureOf(smtpEmail.testConnection(contextFor(await serve(), { ...signIn, password: 'wrong' })))).code).toBe('upstream_rejected')
  })

  test('says when the server was not asked to know anyone', async () => {
    expect((await smtpEmail.testConnection(contextFor(await serve({ hideSTARTTLS: true })))).detail).toContain('without encryption, without signing in')
  })
})
