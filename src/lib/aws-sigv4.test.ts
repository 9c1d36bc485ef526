import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isSignedRight } from './aws-sigv4.fixture.ts'
import { signAws, type Signable } from './aws-sigv4.ts'

const credential = { accessKeyId: 'AKID', secretAccessKey: 'canary-aws-secret' }
const place = { service: 'execute-api', region: 'eu-central-1' }
const isRight = (message: IncomingMessage, body: Buffer): boolean => isSignedRight(message, body, { ...place, secretAccessKey: credential.secretAccessKey })

// A server that knows the secret, and takes what is signed with it.
const server = createServer((message, response) => {
  void buffer(message).then((body) => { response.writeHead(isRight(message, body) ? 200 : 403).end() })
})
let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => { server.close(resolve) }))

async function statusOf(signable: Signable, by: Partial<typeof credential> & { sessionToken?: string } = {}): Promise<number> {
  const { url, headers, body } = await signAws(signable, { ...credential, ...by }, place)
  const { statusCode, body: answer } = await request(url, { method: signable.method as 'GET', headers, body: body ?? null })
  await answer.dump()
  return statusCode
}

test.each<[string, () => Partial<Signable>]>([
  ['a path and a query in any characters', () => ({ url: `${url}/pets/dog%20b/%C3%BC?type=a%20b&page=2&empty=` })],
  ['headers, also several of a name', () => ({ headers: { 'x-one': 'a  b', 'x-many': ['1', '2'] } })],
  ['text', () => ({ method: 'POST', body: '{"a":"é"}', headers: { 'content-type': 'application/json' } })],
  ['bytes', () => ({ method: 'PUT', body: new Uint8Array([0, 255, 1]) })],
  ['a stream, which is read first', () => ({ method: 'POST', body: Readable.from(['strea', 'med']) })],
])('the service comes to the same signature for %s', async (_what, part) => {
  expect(await statusOf({ method: 'GET', url: `${url}/`, headers: {}, ...part() })).toBe(200)
})

test('another secret is not taken, and a session token is part of what is signed', async () => {
  const plain = { method: 'GET', url: `${url}/x`, headers: {} }
  expect(await statusOf(plain, { secretAccessKey: 'another' })).toBe(403)
  expect(await statusOf(plain, { sessionToken: 'session' })).toBe(200)
  const { headers } = await signAws(plain, { ...credential, sessionToken: 'session' }, place)
  expect(headers).toMatchObject({ 'x-amz-security-token': 'session', 'authorization': expect.stringContaining('x-amz-security-token') })
})

test('service and region follow from an Amazon host name where nothing says them', async () => {
  const { headers } = await signAws({ method: 'GET', url: 'https://sqs.eu-west-1.amazonaws.com/', headers: {} }, credential, {})
  expect(headers['authorization']).toContain('/eu-west-1/sqs/aws4_request')
})
