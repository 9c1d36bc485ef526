import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { greeterProto, startGrpcServer, typesProto, type GrpcServer } from '../../catalog/grpc/grpc-server.fixture.ts'
import { createGrpc } from '../../catalog/grpc/client.ts'
import { definitionOfText } from '../../catalog/grpc/protos.ts'
import { createAddressGuard } from '../../lib/http/address-guard.ts'
import { testCertificate } from '../../lib/http/test-certificate.ts'
import { startUpstream, type Upstream } from '../../../test/upstream.ts'
import { openCalls, type CallsFixture } from './calls.fixture.ts'

let fixture: CallsFixture
let server: GrpcServer
let protos: Upstream
beforeAll(async () => {
  fixture = openCalls()
  server = await startGrpcServer()
  protos = await startUpstream()
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await server.close()
  await protos.close()
})
beforeEach(() => {
  protos.answer(({ url }, response) => {
    const text = { '/protos/greet.proto': greeterProto, '/protos/acme/types.proto': typesProto }[url]
    response.writeHead(text === undefined ? 404 : 200).end(text)
  })
})

type Options = { proto?: object, service?: object }
const call = (method: string, args: object = {}, { proto = { endpoint: `${protos.url}/protos/greet.proto` }, service = {} }: Options = {}): object =>
  ({ proto, service: { name: 'acme.Greeter', host: '127.0.0.1', port: server.port, ...service }, method, arguments: args })
const reflected = { proto: { endpoint: 'reflection://server' } }

describe.each([['a .proto file with its imports', {}], ["the server's reflection", reflected]])('by %s', (_title, options) => {
  test('a method is called with values of every kind', async () => {
    const blob = Buffer.from([0, 255]).toString('base64')
    expect(await fixture.run('grpc', call('SayHello', { name: 'Ada', big_number: '9007199254740993', mood: 'GLAD', blob }, options))).toEqual({ message: 'Hello Ada', big_number: '9007199254740993', mood: 'GLAD', blob })
  })

  test('an answer in a stream is an array', async () => {
    expect(await fixture.run('grpc', call('Count', { name: 'n' }, options))).toMatchObject([{ message: 'n 1' }, { message: 'n 2' }, { message: 'n 3' }])
  })

  test('a method that takes a stream gets the messages, or the one', async () => {
    expect(await fixture.run('grpc', call('Gather', { messages: [{ name: 'a' }, { name: 'b' }] }, options))).toMatchObject({ message: 'a,b' })
    expect(await fixture.run('grpc', call('Gather', { name: 'a' }, options))).toMatchObject({ message: 'a' })
    expect(await fixture.run('grpc', call('Echo', { messages: [{ name: 'a' }, { name: 'b' }] }, options))).toMatchObject([{ message: 'a' }, { message: 'b' }])
  })
})

test('the idempotency key and the credential go along as metadata', async () => {
  await fixture.run('grpc', call('SayHello', {}, { service: { authentication: { bearer: { token: 'token-of-the-task' } } } }))
  expect(server.metadata.at(-1)).toMatchObject({ 'idempotency-key': 'key-of-the-task', 'authorization': 'Bearer token-of-the-task' })
})

test.each([['NOT_FOUND', 404], ['INVALID_ARGUMENT', 400], ['PERMISSION_DENIED', 403], ['INTERNAL', 500]])("the server's %s is a communication fault of the status %i", async (name, status) => {
  expect(await fixture.faultOf('grpc', call('Fail', { name }))).toMatchObject({ type: expect.stringMatching(/communication$/), status, detail: `127.0.0.1:${server.port} answered ${name}: because of you` })
})

test.each([
  ['SayHello', { nick: 'x' }, {}, 'validation', 'nick'], ['SayGoodbye', {}, {}, 'configuration', 'SayHello'],
  ['SayHello', {}, { service: { name: 'acme.Nobody' } }, 'configuration', 'acme.Nobody'], ['SayHello', {}, { ...reflected, service: { name: 'acme.Nobody' } }, 'configuration', 'acme.Nobody'],
  ['SayHello', {}, { service: { host: 'a/b' } }, 'validation', '/service/host'], ['SayHello', {}, { service: { authentication: { digest: { username: 'a', password: 'bbbbbb' } } } }, 'configuration', 'Digest'],
])('%s with %j and %j is a %s fault that says %s', async (method, args, options, kind, said) => {
  expect(await fixture.faultOf('grpc', call(method, args, options))).toMatchObject({ type: expect.stringMatching(new RegExp(`${kind}$`)), detail: expect.stringContaining(said) })
})

test.each([
  ['syntax = "proto3"; message {', 'valid'],
  ['syntax = "proto3"; import "gone.proto"; message A {}', 'gone.proto'],
])('a .proto file that is none is a validation fault', async (text, said) => {
  protos.answer(({ url }, response) => { response.writeHead(url.endsWith('bad.proto') ? 200 : 404).end(text) })
  expect(await fixture.faultOf('grpc', call('SayHello', {}, { proto: { endpoint: `${protos.url}/${said}/bad.proto` } }))).toMatchObject({ type: expect.stringMatching(/validation$/), detail: expect.stringContaining(said) })
})

test('a task that is given up ends its call', async () => {
  await expect(fixture.run('grpc', call('Hang'), { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({ code: 'upstream_timeout' })
})

test('an endless stream is not read to its end', async () => {
  expect(await fixture.faultOf('grpc', call('Flood'))).toMatchObject({ detail: expect.stringContaining('longer than') })
})

test('a server that is not there is a communication fault that names no address of the inside', async () => {
  const fault = await fixture.faultOf('grpc', call('SayHello', {}, { service: { host: 'localhost', port: 1 } }))
  expect(fault).toMatchObject({ type: expect.stringMatching(/communication$/), status: 503 })
  expect(fault.detail).not.toContain('127.0.0.1')
})

test("a server's certificate is checked by its name, at the address that the guard saw", async () => {
  const secured = await startGrpcServer({ tls: testCertificate })
  const guard = createAddressGuard({ allowNetworks: ['127.0.0.0/8'], lookup: async () => [{ address: '127.0.0.1', family: 4 }] })
  const asking = (host: string, ca?: string): Promise<unknown> => {
    const grpc = createGrpc({ guard, ...ca !== undefined && { ca } })
    return grpc.call({ host, port: secured.port, tls: true, service: 'acme.Greeter', method: 'SayHello', messages: [{ name: 'Ada' }], metadata: {}, timeoutMs: 10_000, signal: new AbortController().signal }).finally(() => { grpc.close() })
  }
  try {
    expect(await asking('upstream.test', testCertificate.cert)).toMatchObject({ message: 'Hello Ada' })
    await expect(asking('another.test', testCertificate.cert)).rejects.toMatchObject({ code: 'upstream_unavailable' })
    await expect(asking('upstream.test')).rejects.toMatchObject({ code: 'upstream_unavailable' })
  } finally {
    await secured.close()
  }
})

test('what code is generated from holds names only', async () => {
  const read = (text: string): Promise<unknown> => definitionOfText({ text, readImport: () => Promise.resolve(undefined) })
  await expect(read('syntax = "proto3"; package a; message M { string x = 1; } service S { rpc R (M) returns (M); }')).resolves.toBeDefined()
  for (const name of ['x;process.exit()', 'a-b', '"+alert+"']) await expect(read(`syntax = "proto3"; message M { string ${name} = 1; }`)).rejects.toMatchObject({ code: 'invalid_document' })
})
