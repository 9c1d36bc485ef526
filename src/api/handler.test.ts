import { expect, test } from 'vitest'
import { withHub } from '../../test/hub.ts'
import { addConnector, addIntegration } from '../../test/service.ts'
import { startUpstream } from '../../test/upstream.ts'

test('an If-Match that cannot be read is refused, instead of changing what it was to protect', () => withHub(async ({ call }) => {
  const { body: { id } } = await call('POST', '/api/v1/integrations?test=false', { name: 'n', connector: 'http' })
  for (const header of ['1', '"0", "1"', '"0', 'W/1']) {
    expect(await call('PATCH', `/api/v1/integrations/${id}`, { name: 'changed' }, { headers: { 'if-match': header } })).toMatchObject({ status: 400, body: { code: 'invalid_request', detail: expect.stringContaining('If-Match') as string } })
  }
  expect((await call('GET', `/api/v1/integrations/${id}`)).body).toMatchObject({ name: 'n' })
  for (const header of ['"1"', '*', 'W/"3"']) expect(await call('PATCH', `/api/v1/integrations/${id}`, { name: 'changed' }, { headers: { 'if-match': header } })).toMatchObject({ status: 200 })
}))

test('an If-Match of another form goes through the proxy as it is', () => withHub(async ({ call }) => {
  const upstream = await startUpstream()
  try {
    const id = await addIntegration(call, { connector: await addConnector(call, upstream.url) })
    expect(await call('GET', `/api/v1/integrations/${id}/proxy/items`, undefined, { headers: { 'if-match': '"a", "b"' } })).toMatchObject({ status: 200 })
    expect(upstream.asked.at(-1)!.headers['if-match']).toBe('"a", "b"')
  } finally {
    await upstream.close()
  }
}))
