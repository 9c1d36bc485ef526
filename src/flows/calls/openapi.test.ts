import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeOpenApiEngine } from '../../catalog/openapi/engine.ts'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'
import { openCalls, type CallsFixture } from './calls.fixture.ts'

let fixture: CallsFixture
let upstream: Upstream
let documentAnswers: { status: number, etag?: string }[]
beforeAll(() => { fixture = openCalls() })
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await closeOpenApiEngine()
})
beforeEach(async () => {
  upstream = await startUpstream()
  documentAnswers = []
  upstream.answer(({ url, headers }, response) => {
    if (url !== '/v2/swagger.json') json(response, url.startsWith('/v2/moved') ? 302 : 200, { at: url }, { location: '/v2/there' })
    else if (headers['if-none-match'] === '"1"') response.writeHead(304, { 'cache-control': 'no-cache' }).end()
    else json(response, 200, petstore, { 'etag': '"1"', 'cache-control': 'no-cache' })
    if (url === '/v2/swagger.json') documentAnswers.push({ status: response.statusCode })
  })
})
afterEach(() => upstream.close())

const petstore = {
  swagger: '2.0', info: { title: 'Pets', version: '1' }, basePath: '/v2', securityDefinitions: { key: { type: 'apiKey', name: 'api_key', in: 'header' } },
  paths: {
    '/pet/findByStatus': { get: { operationId: 'findPetsByStatus', parameters: [{ name: 'status', in: 'query', required: true, type: 'string', enum: ['available', 'sold'] }], responses: { 200: { description: 'ok' } } } },
    '/pet/{petId}': { get: { operationId: 'getPetById', security: [{ key: [] }], parameters: [{ name: 'petId', in: 'path', required: true, type: 'integer' }], responses: { 200: { description: 'ok' } } } },
    '/pet': { post: { operationId: 'addPet', consumes: ['application/json'], parameters: [{ name: 'body', in: 'body', required: true, schema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } }], responses: { 200: { description: 'ok' } } } },
    '/moved': { get: { operationId: 'moved', responses: { 200: { description: 'ok' } } } },
  },
}

const call = (operationId: string, parameters: object = {}, more: object = {}): object => ({ document: { endpoint: `${upstream.url}/v2/swagger.json` }, operationId, parameters, ...more })
const lastAsked = (): Upstream['asked'][number] => upstream.asked.findLast(({ url }) => url !== '/v2/swagger.json')!

test('an operation is called at the server that its document stands on', async () => {
  expect(await fixture.run('openapi', call('findPetsByStatus', { status: 'available' }))).toEqual({ at: '/v2/pet/findByStatus?status=available' })
  expect(await fixture.run('openapi', call('getPetById', { petId: 7 }, { output: 'response' }))).toMatchObject({ request: { method: 'get', uri: `${upstream.url}/v2/pet/7` }, statusCode: 200, content: { at: '/v2/pet/7' } })
})

test('a body is a parameter, whole or in parts, and goes under the idempotency key', async () => {
  await fixture.run('openapi', call('addPet', { body: { name: 'Rex' } }))
  expect(lastAsked()).toMatchObject({ method: 'POST', body: '{"name":"Rex"}', headers: { 'idempotency-key': 'key-of-the-task' } })
  await fixture.run('openapi', call('addPet', { name: 'Rex' }))
  expect(lastAsked().body).toBe('{"name":"Rex"}')
})

test("the task's authentication goes with it; the document's own API key may be a parameter", async () => {
  await fixture.run('openapi', call('getPetById', { petId: 7 }, { authentication: { bearer: { token: 'token-of-the-task' } } }))
  expect(lastAsked().headers).toMatchObject({ authorization: 'Bearer token-of-the-task' })
  await fixture.run('openapi', call('getPetById', { petId: 7, api_key: 'key-of-the-shop' }))
  expect(lastAsked().headers).toMatchObject({ api_key: 'key-of-the-shop' })
})

test.each([
  ['findPetsByStatus', {}, 'validation', 'status'], ['findPetsByStatus', { status: 'gone' }, 'validation', 'status'], ['findPetsByStatus', { status: 'sold', colour: 'red' }, 'validation', 'colour'],
  ['addPet', {}, 'validation', 'body'], ['nothing', {}, 'configuration', 'nothing'],
])('%s with %j is a %s fault that says %s, and nothing is sent', async (operationId, parameters, kind, said) => {
  const fault = await fixture.faultOf('openapi', call(operationId, parameters))
  expect(fault).toMatchObject({ type: expect.stringMatching(new RegExp(`${kind}$`)), detail: expect.stringContaining(said) })
  expect(lastAsked()).toBeUndefined()
})

test('a redirect is followed where that is wanted, and a fault otherwise', async () => {
  expect(await fixture.run('openapi', call('moved', {}, { redirect: true }))).toEqual({ at: '/v2/there' })
  expect(await fixture.faultOf('openapi', call('moved'))).toMatchObject({ status: 302 })
})

test('a document is fetched once and then asked whether it changed', async () => {
  for (let times = 0; times < 3; times += 1) await fixture.run('openapi', call('getPetById', { petId: times }))
  expect(documentAnswers).toEqual([{ status: 200 }, { status: 304 }, { status: 304 }])
})

test('what is no document is a validation fault', async () => {
  upstream.answer((_request, response) => { response.end('<html>') })
  expect(await fixture.faultOf('openapi', call('x'))).toMatchObject({ type: expect.stringMatching(/validation$/) })
})
