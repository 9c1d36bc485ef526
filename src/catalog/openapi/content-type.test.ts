/** What a document promises of its answers' media type, and what becomes of a service that sends another. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../../test/hub.ts'
import { addIntegration, expectStatus } from '../../../test/service.ts'
import { startUpstream, type Upstream } from '../../../test/upstream.ts'

const object = { schema: { type: 'object' } }
const answering = (responses: object): object => ({ responses })
const ok = (content: object): object => ({ description: 'Fine.', content })

/** By operation. */
const promising = {
  json: answering({ 200: ok({ 'application/json': object }) }),
  jsonOfAKind: answering({ 201: ok({ 'application/vnd.shop+json; charset=utf-8': object }), 204: { description: 'Gone.' } }),
  jsonByDefault: answering({ default: ok({ 'application/json': object }) }),
  jsonAndPageOfErrors: answering({ 200: ok({ 'application/json': object }), 500: ok({ 'text/html': {} }), default: ok({ 'text/html': {} }) }),
}
const notPromising = {
  jsonOrText: answering({ 200: ok({ 'application/json': object, 'text/csv': {} }) }),
  jsonOrPage: answering({ 200: ok({ 'application/json': object }), 202: ok({ 'text/html': {} }) }),
  nothing: answering({ 200: { description: 'Fine.' } }),
  anything: answering({ 200: ok({ '*/*': object }) }),
  file: answering({ 200: ok({ 'application/json': { schema: { type: 'string', format: 'binary' } } }) }),
}

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let id: string

beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  const paths = Object.fromEntries(Object.entries({ ...promising, ...notPromising }).map(([operationId, rest]) => [`/${operationId}`, { get: { operationId, ...rest } }]))
  const document = { openapi: '3.1.0', info: { title: 'Promises', version: '1' }, servers: [{ url: upstream.url }], paths }
  const { body: { id: connector } } = expectStatus(201, await hub.call('POST', '/api/v1/connectors', { document }))
  id = await addIntegration(hub.call, { connector, connection: { circuitBreaker: { enabled: false } } })
})
afterAll(async () => {
  await close()
  await upstream.close()
})

const run = (operation: string): Promise<Reply<any>> => hub.call('POST', `/api/v1/integrations/${id}/run`, { operation }) // eslint-disable-line typescript/no-explicit-any
const answerWith = (type: string | undefined, body: string): void => { upstream.answer((_request, response) => { response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end(body) }) }

test.each(Object.keys(promising))('a page where %s is promised is a typed error and one recorded failure', async (operation) => {
  for (const type of ['text/html', 'image/png', undefined]) {
    answerWith(type, '<h1>Please sign in</h1>')
    const { status, body } = await run(operation)
    expect({ type, status, body }).toMatchObject({ status: 502, body: { code: 'upstream_invalid_response', detail: expect.stringContaining(type ?? 'no content type') } })
    expect((await hub.call('GET', `/api/v1/executions/${body.execution.id}`)).body).toMatchObject({
      status: 'failed', operation, response: { statusCode: 200, headers: type === undefined ? {} : { 'content-type': type } }, error: { type: 'upstream_invalid_response' }, metrics: { retryCount: 0 },
    })
  }
})

test.each(Object.keys(promising))('JSON under another name is taken where %s is promised, and so is nothing at all', async (operation) => {
  answerWith('text/plain', '{"a":1}')
  expect(await run(operation)).toMatchObject({ status: 200, body: { data: { a: 1 } } })
  answerWith('application/json', '')
  expect(await run(operation)).toMatchObject({ status: 200, body: { data: null } })
})

test.each(Object.keys(notPromising))('a document that promises %s takes a page for an answer', async (operation) => {
  answerWith('text/html', '<h1>Welcome</h1>')
  expect(await run(operation)).toMatchObject({ status: 200, body: { data: '<h1>Welcome</h1>' } })
})
