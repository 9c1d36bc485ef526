import { expect, test } from 'vitest'
import { withHub } from './hub.ts'
import { json, startUpstream } from './upstream.ts'

test('OAuth client credentials: one token serves many calls, a refused one is fetched anew once, and no call fails for it', async () => {
  const upstream = await startUpstream()
  let issued = 0
  let valid = ''
  upstream.answer(({ url, headers }, response) => {
    if (url === '/token') {
      issued += 1
      valid = `access-token-number-${issued}`
      return json(response, 200, { access_token: valid, token_type: 'Bearer', expires_in: 3600 })
    }
    return headers.authorization === `Bearer ${valid}` ? json(response, 200, { ok: true }) : json(response, 401, { message: 'who?' })
  })
  try {
    await withHub(async (hub) => {
      const flows = { clientCredentials: { tokenUrl: `${upstream.url}/token`, scopes: { read: 'Reads.' } } }
      const document = {
        openapi: '3.1.0', info: { title: 'Guarded', version: '1' }, servers: [{ url: upstream.url }], security: [{ oauth: ['read'] }],
        components: { securitySchemes: { oauth: { type: 'oauth2', flows } } }, paths: { '/thing': { post: { operationId: 'make', responses: { 200: { description: 'Made.' } } } } },
      }
      await hub.call('POST', '/api/v1/connectors/import?id=guarded', { document })
      const created = await hub.call('POST', '/api/v1/integrations?test=false', { name: 'Guarded', connector: 'guarded', credentials: { oauth: { clientId: 'me', clientSecret: 'my-client-secret' } } })
      expect(created.status, created.text).toBe(201)
      const run = () => hub.call('POST', `/api/v1/integrations/${created.body.id}/run`, { operation: 'make' })
      expect(await Promise.all([run(), run(), run()])).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }])
      expect(issued).toBe(1)
      valid = 'somebody-revoked-it'
      expect(await run()).toMatchObject({ status: 200, body: { execution: { metrics: { retryCount: 1 } } } })
      expect(issued).toBe(2)
    })
  } finally {
    await upstream.close()
  }
})
