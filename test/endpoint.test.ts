import { expect, test } from 'vitest'
import { withHub } from './hub.ts'
import { startUpstream } from './upstream.ts'

test('a document without servers is connected with the endpoint that the registration gives, and one with servers is overridden by it', async () => {
  const upstream = await startUpstream()
  try {
    await withHub(async (hub) => {
      const paths = { '/things': { get: { operationId: 'list', responses: { 200: { description: 'All.' } } } } }
      for (const servers of [undefined, [{ url: 'https://elsewhere.example' }]]) {
        const openAPISpec = { openapi: '3.1.0', info: { title: 'Things', version: '1' }, ...servers && { servers }, paths }
        const registered = await hub.call('POST', '/api/integration/register', { name: 'Things', type: 'openapi', config: { openAPISpec, endpoint: `${upstream.url}/base` } })
        expect(registered.status, registered.text).toBe(201)
        expect(await hub.call('POST', `/api/v1/integrations/${registered.body.id}/run`, {})).toMatchObject({ status: 200, body: { data: { ok: true } } })
        expect(upstream.asked.at(-1)!.url).toBe('/base/things')
      }
    })
  } finally {
    await upstream.close()
  }
})
