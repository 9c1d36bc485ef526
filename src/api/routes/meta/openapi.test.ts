import { expect, test } from 'vitest'
import { withHub } from '../../../../test/hub.ts'

test('the hub describes itself, to programs and to people, without a key', () => withHub(async ({ call }) => {
  const document = await call('GET', '/openapi.json', undefined, { key: null })
  expect(document).toMatchObject({ status: 200, body: { openapi: '3.1.1', paths: { '/openapi.json': { get: { operationId: 'getOpenapiJson' } }, '/api/v1/integrations': {} } } })
  expect(document.body['info']).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string })
  const page = await call('GET', '/docs/', undefined, { key: null })
  expect(page.status).toBe(200)
  expect(page.text).toContain('/api/v1/integrations/{id}/run')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'self'; script-src 'self'")
  for (const [, path] of page.text.matchAll(/(?:src|href)="(\/docs\/[^"#]+)"/g)) {
    const asset = await call('GET', path!, undefined, { key: null })
    expect(asset.status, path).toBe(200)
    expect(asset.headers.get('content-type')).toMatch(path!.endsWith('.css') ? /^text\/css/ : /^text\/javascript/)
    expect(asset.headers.get('x-content-type-options')).toBe('nosniff')
  }
}))
