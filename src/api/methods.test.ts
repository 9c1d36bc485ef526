import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../test/hub.ts'
import { readMethods } from './methods.ts'

let hub: TestHub
let close: () => Promise<void>
beforeAll(async () => { ({ hub, close } = await openHub()) })
afterAll(() => close())

test('a path that takes other methods answers 405 and says which, whatever its ids', async () => {
  for (const [method, path, allow] of [
    ['DELETE', '/api/v1/overview', 'GET'], ['PUT', '/api/v1/integrations', 'GET, POST'], ['POST', '/api/v1/executions/018f0000-0000-7000-8000-000000000000/', 'GET'],
    ['GET', '/api/v1/integrations/any%20thing/run?x=1', 'POST'],
  ] as const) {
    const { status, body, headers } = await hub.call(method, path)
    expect({ path, status, code: body.code, allow: headers.get('allow') }).toEqual({ path, status: 405, code: 'method_not_allowed', allow })
  }
})

test('a path that nobody knows stays 404', async () => {
  for (const path of ['/api/v1/nothing', '/api/v1/overview/more', '/api/v2/overview', '/api/v1/overviewx']) {
    expect(await hub.call('POST', path)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
})

test('what stands in a path is text, not a pattern', () => {
  const methodsAt = readMethods([{ method: 'GET', path: '/openapi.json' }, { method: 'POST', path: '/files/:id/*' }])
  expect([methodsAt('/openapi.json'), methodsAt('/openapixjson'), methodsAt('/files/1/a/b'), methodsAt('/files/1')]).toEqual([['GET'], [], ['POST'], []])
})
