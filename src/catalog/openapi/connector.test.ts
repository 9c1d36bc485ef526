import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { CallHttpRequest, Connector } from '../../connectors/connector.ts'
import { createOpenApiConnector, type OpenApiConnectorOptions } from './connector.ts'
import { openDocument, resolve } from './resolve/resolve.ts'
import { plainHttp } from './test/call-http.ts'
import { callOf, documentOf, imported } from './test/operation.ts'
import type { Json } from './types.ts'

const closing: (() => void)[] = []
afterEach(() => { for (const close of closing.splice(0)) close() })

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle)
  await new Promise<void>(done => { server.listen(0, '127.0.0.1', done) })
  closing.push(() => { server.closeAllConnections(); server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function connectorOf(document: Json, rest: Partial<OpenApiConnectorOptions> = {}): Connector {
  const { normal, ...described } = imported(document)
  const opened = openDocument(normal)
  return createOpenApiConnector({
    ...described,
    facts: {
      type: 'test', name: described.title, description: '', service: 'Test', version: '1', kind: 'api', categories: [], supportLevel: 'community', developer: '', documentation: '', lastUpdated: '',
    },
    listOperations: () => Promise.resolve(described.operations),
    findResolved: id => Promise.resolve(opened.operations.has(id) ? resolve(opened, id) : undefined),
    ...rest,
  })
}

const key = { components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' }, q: { type: 'apiKey', in: 'query', name: 'k' }, sid: { type: 'apiKey', in: 'cookie', name: 'sid' } } }, security: [{ key: [] }] }
const paths = { '/things/{id}': { get: { operationId: 'get', parameters: [{ name: 'id', in: 'path', required: true, schema: {} }], responses: { 200: { description: '' } } } } }
const document = documentOf(paths, key)

describe('operations', () => {
  test('are listed, found, and run against a server', async () => {
    const seen: string[] = []
    const endpoint = await serve((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['x-key']}`)
      response.setHeader('content-type', 'application/json').end('{"ok":true}')
    })
    const connector = connectorOf(document)
    expect((await connector.operations.list()).map(({ id }) => id)).toEqual(['get'])
    const operation = await connector.operations.find('get')
    expect(await operation?.run(callOf({ input: { id: 'a b' }, endpoint, credentials: { key: 's3' }, http: plainHttp }))).toEqual({ ok: true })
    expect(seen).toEqual(['GET /things/a%20b s3'])
    expect(await connector.operations.find('gone')).toBeUndefined()
  })

  test('are compiled once', async () => {
    const connector = connectorOf(document)
    expect(await connector.operations.find('get')).toBe(await connector.operations.find('get'))
  })

  test('the manifest asks for what the document does', () => {
    expect(connectorOf(document).manifest).toMatchObject({
      credentialSchema: { key: { type: 'password', required: true } }, configurationSchema: { properties: { baseUrl: {} } }, capabilities: { authentication: ['apiKey'] },
    })
  })
})

describe('hosts', () => {
  const servers = [{ url: 'https://{region}.example.com', variables: { region: { default: 'eu' } } }, { url: 'https://other.example.com:8443' }]
  const uploads = { '/u': { post: { operationId: 'u', servers: [{ url: 'https://uploads.example.com' }], responses: {} } } }
  const hosts = connectorOf(documentOf({ ...paths, ...uploads }, { servers })).hosts as NonNullable<Connector['hosts']>

  test('are those that the operations go to', () => {
    expect(hosts({ configuration: {}, credentials: {} })).toEqual(['eu.example.com', 'uploads.example.com'])
    expect(hosts({ configuration: { serverVariables: { region: 'us' } }, credentials: {} })).toEqual(['us.example.com', 'uploads.example.com'])
    expect(hosts({ configuration: { server: 'https://other.example.com:8443' }, credentials: {} })).toEqual(['other.example.com:8443', 'uploads.example.com'])
  })

  test('an address of its own leaves no other', () => {
    expect(hosts({ configuration: {}, credentials: {}, endpoint: 'http://127.0.0.1:8080/x' })).toEqual(['127.0.0.1:8080'])
    expect(hosts({ configuration: { baseUrl: 'https://mine.example.com' }, credentials: {} })).toEqual(['mine.example.com'])
  })

  test('a server that isn\'t settled yet has none', () => {
    expect(connectorOf(documentOf(paths, { servers: [{ url: '/v1' }] })).hosts?.({ configuration: {}, credentials: {} })).toEqual([])
  })
})

describe('the proxy', () => {
  const through = (request: Partial<CallHttpRequest>, credentials: Json, security: Json[] = [{ key: [] }]) =>
    connectorOf(documentOf(paths, { ...key, security })).proxy?.({ method: 'GET', url: '/x', ...request }, callOf({ credentials }))

  test('sends a request as it is, below the server, with the credential added', async () => {
    expect(await through({ method: 'PATCH', url: '/users?page=2', headers: { Accept: 'text/csv', 'X-KEY': 'mine' }, body: 'x' }, { key: 's3' })).toEqual({
      method: 'PATCH', url: 'https://api.example.com/v1/users?page=2', headers: { accept: 'text/csv', 'x-key': 's3' }, body: 'x',
    })
  })

  test('adds keys to queries and cookies beside what is there', async () => {
    expect(await through({ url: '/a?b=c' }, { q: 'k&1' }, [{ q: [] }])).toMatchObject({ url: 'https://api.example.com/v1/a?b=c&k=k%261' })
    expect(await through({ headers: { cookie: 'a=b' } }, { sid: 's' }, [{ sid: [] }])).toMatchObject({ headers: { cookie: 'a=b; sid=s' } })
  })

  test('uses what most operations ask for when the document has nothing of its own', async () => {
    const withOwn = documentOf({ '/a': { get: { operationId: 'a', security: [{ key: [] }], responses: {} } } }, { components: key.components })
    expect(await connectorOf(withOwn).proxy?.({ method: 'GET', url: '/x' }, callOf({ credentials: { key: 's3' } }))).toMatchObject({ headers: { 'x-key': 's3' } })
  })

  test('never lets a path lead to another host or above the base', async () => {
    const tricks = ['//evil.example', '@evil.example', '/@evil.example', '\\\\evil.example', '/\\evil.example', ':80@evil.example', '/../admin', '/%2e%2e/admin', '/a/..%2f..', '/..;/x', 'https://evil.example', 'http://api.example.com/v1', 'https://api.example.com@evil.example/', 'https://user:pass@api.example.com/', 'file:///etc/passwd', 'javascript:1', ' /x', '/x y', '\thttps://evil.example', '.evil.example', '%2f%2fevil.example', '?x', '#x', '']
    for (const url of tricks) {
      const result = await through({ url }, { key: 's3' })?.catch((error: unknown) => error) as { url?: string, code?: string }
      if (result.url === undefined) expect(result.code, url).toBe('address_refused')
      else {
        const target = new URL(result.url)
        expect(target.host, url).toBe('api.example.com')
        expect(target.protocol, url).toBe('https:')
        expect(`${target.pathname}/`, url).toMatch(/^\/v1\//)
        expect(target.username + target.password, url).toBe('')
      }
    }
  })

  test('without a credential nothing goes out', async () => {
    await expect(through({}, {})).rejects.toMatchObject({ code: 'credential_missing' })
  })
})

describe('the connection test', () => {
  const testing = async (status: number, rest: Partial<OpenApiConnectorOptions> = {}, credentials: Json = { key: 's3' }) => {
    const seen: string[] = []
    const endpoint = await serve((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['x-key'] ?? 'anonymous'}`)
      response.statusCode = status
      response.end()
    })
    const outcome = connectorOf(document, rest).testConnection(callOf({ endpoint: `${endpoint}/v1`, credentials, http: plainHttp }))
    return { seen, outcome }
  }

  for (const status of [200, 204, 301, 404, 405, 429, 500, 503]) {
    test(`takes ${status} at the base address as a sign of life`, async () => {
      const { outcome, seen } = await testing(status)
      expect((await outcome).detail).toContain(String(status))
      expect(seen).toEqual(['GET /v1 s3'])
    })
  }

  for (const status of [401, 403]) {
    test(`fails on ${status}`, async () => {
      await expect((await testing(status)).outcome).rejects.toMatchObject({ code: 'connection_failed', message: expect.stringContaining('credential is not accepted') as string })
    })
  }

  test('fails on a host that cannot be reached', async () => {
    const endpoint = await serve(() => {})
    for (const close of closing.splice(0)) close()
    await expect(connectorOf(document).testConnection(callOf({ endpoint, credentials: { key: 's3' }, http: plainHttp }))).rejects.toMatchObject({ code: 'connection_failed' })
  })

  test('asks anonymously when there is no credential, so that the service itself says whether it needs one', async () => {
    const { seen, outcome } = await testing(401, {}, {})
    await expect(outcome).rejects.toMatchObject({ code: 'connection_failed' })
    expect(seen).toEqual(['GET /v1 anonymous'])
  })

  test('holds a declared health check to its word', async () => {
    const healthCheck = { endpoint: '/health' }
    const good = await testing(200, { healthCheck })
    await good.outcome
    expect(good.seen).toEqual(['GET /v1/health s3'])
    for (const status of [404, 500]) await expect((await testing(status, { healthCheck })).outcome).rejects.toMatchObject({ code: 'connection_failed' })
  })
})
