import { test } from 'vitest'
import { withHub } from './hub.ts'
import { startUpstream } from './upstream.ts'
import { serviceDocument } from './api-document.ts'
test('try', () => withHub(async ({ call }) => {
  const up = await startUpstream()
  const a = await call('POST', '/api/v1/connectors', { document: serviceDocument(up.url, { security: 'apiKey' }) })
  console.log(a.status, a.text.slice(0, 300))
  const b = await call('POST', '/api/v1/integrations', { name: 'x', connector: a.body.id, credentials: { apiKey: 'canary-1234567' } })
  console.log(b.status, b.text)
  const r = await call('POST', `/api/v1/integrations/${b.body.id}/run`, { operation: 'listItems', input: { page: 2 } })
  console.log(r.status, r.text, [...r.headers])
  for (const p of ['/openapi.json', '/docs', '/healthz', '/readyz', '/api/v1/credentials/%00', '/api/v1/integrations?q=%00', '/api/v1/integrations/%ff', '/api/v1/integrations/' + 'a'.repeat(1000)]) { const x = await call('GET', p); console.log(p, x.status, x.text.slice(0, 200)) }
  const n = await call('POST', '/api/v1/integrations', { name: 'x\0y', connector: a.body.id })
  console.log(n.status, n.text.slice(0, 300))
  const s = await call('POST', '/api/v1/integrations', `{"name":"x","connector":${JSON.stringify(a.body.id)},"metadata":{"tags":["\\ud800"]}}`)
  console.log(s.status, s.text.slice(0, 300))
  await up.close()
}))
