import { describe, expect, test } from 'vitest'
import type { CallHttpRequest, TokenRequest } from '../../../connectors/connector.ts'
import { isSignedRight } from '../../../lib/aws-sigv4.fixture.ts'
import { isHubError } from '../../../errors.ts'
import { callOf, compiled, documentOf, requestFor } from '../test/operation.ts'
import type { Json } from '../types.ts'

const schemes = {
  header: { type: 'apiKey', in: 'header', name: 'X-Key' }, query: { type: 'apiKey', in: 'query', name: 'api key' }, cookie: { type: 'apiKey', in: 'cookie', name: 'sid' },
  basic: { type: 'http', scheme: 'Basic' }, bearer: { type: 'http', scheme: 'bearer' }, digest: { type: 'http', scheme: 'digest' },
  client: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: { read: '' } } } },
  user: { type: 'oauth2', flows: { authorizationCode: { authorizationUrl: 'https://a.example', tokenUrl: 'https://a.example', scopes: {} } } },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://a.example' },
}

function secured(security: Json[]) {
  const document = documentOf({ '/a': { get: { operationId: 'x', security, responses: { 200: { description: '' } } } } }, { components: { securitySchemes: schemes } })
  return compiled(document, 'x')
}

const sent = (security: Json[], credentials: Json) => requestFor(secured(security), {}, { credentials })
const code = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    return isHubError(error) ? error.code : error
  }
}

describe('credentials by scheme', () => {
  const cases: [name: string, credential: unknown, expected: Json][] = [
    ['header', 'k', { headers: { 'x-key': 'k' } }],
    ['query', 'a b&c', { url: 'https://api.example.com/v1/a?api%20key=a%20b%26c' }],
    ['cookie', 'k=', { headers: { cookie: 'sid=k=' } }],
    ['basic', { username: 'ü', password: 'p:w' }, { headers: { authorization: `Basic ${Buffer.from('ü:p:w').toString('base64')}` } }],
    ['basic', 'sk_test', { headers: { authorization: `Basic ${Buffer.from('sk_test:').toString('base64')}` } }],
    ['bearer', 't', { headers: { authorization: 'Bearer t' } }],
    ['bearer', 'Bearer t', { headers: { authorization: 'Bearer t' } }],
    ['user', 't', { headers: { authorization: 'Bearer t' } }],
    ['oidc', 't', { headers: { authorization: 'Bearer t' } }],
    ['client', 't', { headers: { authorization: 'Bearer t' } }],
  ]
  for (const [name, credential, expected] of cases) {
    test(`${name} with ${typeof credential === 'string' ? 'text' : 'an object'} is sent as OpenAPI says`, () => {
      expect(sent([{ [name]: [] }], { [name]: credential })).toMatchObject(expected)
    })
  }

  test('all schemes of a requirement go together', () => {
    expect(sent([{ header: [], query: [] }], { header: 'h', query: 'q' })).toMatchObject({ url: 'https://api.example.com/v1/a?api%20key=q', headers: { 'x-key': 'h' } })
  })

  test('the first requirement that the credentials satisfy is used', () => {
    expect(sent([{ header: [], query: [] }, { bearer: [] }, { basic: [] }], { header: 'h', bearer: 'b', basic: 'u' }).headers).toMatchObject({ authorization: 'Bearer b' })
  })

  test('an authenticated way goes before an anonymous one', () => {
    expect(sent([{}, { bearer: [] }], { bearer: 'b' }).headers).toMatchObject({ authorization: 'Bearer b' })
    expect(sent([{}, { bearer: [] }], {}).headers).not.toHaveProperty('authorization')
  })

  test('an operation that asks for nothing is sent nothing', () => {
    expect(sent([], { bearer: 'b' }).headers).not.toHaveProperty('authorization')
  })

  test('without a fitting credential nothing is sent', () => {
    for (const credentials of [{}, { header: 'x' }, { header: 'x', query: '' }, { header: { a: 1 }, query: 'x' }]) {
      expect(code(() => sent([{ header: [], query: [] }], credentials)), JSON.stringify(credentials)).toBe('credential_missing')
    }
    expect(code(() => sent([{ digest: [] }], { digest: 'x' }))).toBe('credential_missing')
    expect(code(() => sent([{ constructor: [] }], {}))).toBe('credential_missing')
  })

  test('a key that is described as a parameter as well is not asked for twice', () => {
    const parameters = [{ name: 'x-key', in: 'header', required: true, schema: { type: 'string' } }]
    const document = documentOf({ '/a': { get: { operationId: 'x', security: [{ header: [] }], parameters, responses: {} } } }, { components: { securitySchemes: schemes } })
    expect(requestFor(compiled(document, 'x'), {}, { credentials: { header: 'k' } }).headers).toMatchObject({ 'x-key': 'k' })
  })
})

describe('client credentials', () => {
  const client = { clientId: 'i', clientSecret: 's' }
  const noting = (asked: TokenRequest[]) => ({ get: (request: TokenRequest) => { asked.push(request); return Promise.resolve('fresh') } })

  test('become a token for the operation\'s scopes, from an address relative to the server', async () => {
    const asked: TokenRequest[] = []
    const seen: CallHttpRequest[] = []
    expect(await secured([{ client: ['read'] }]).run(callOf({ credentials: { client }, tokens: noting(asked) }, seen))).toBe('done')
    expect(asked).toMatchObject([{ tokenUrl: 'https://api.example.com/oauth/token', clientId: 'i', clientSecret: 's', scopes: ['read'] }])
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer fresh' })
  })

  test('may name scopes of their own', async () => {
    const asked: TokenRequest[] = []
    await secured([{ client: ['read'] }]).run(callOf({ credentials: { client: { ...client, scopes: ['all'] } }, tokens: noting(asked) }))
    expect(asked).toMatchObject([{ scopes: ['all'] }])
  })
})

function isSigned({ method, url, headers, body }: CallHttpRequest, region: string): boolean {
  const { host, pathname, search } = new URL(url)
  return isSignedRight({ method, url: pathname + search, headers: { ...headers as Record<string, string>, host } }, body as string | undefined ?? '', { secretAccessKey: 'secret', region, service: 'dynamodb' })
}

describe('AWS Signature Version 4', () => {
  const hmac = { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' }
  const document = {
    openapi: '3.0.0', info: { title: 'DynamoDB', version: '1', 'x-serviceName': 'dynamodb', 'x-aws-signingName': 'dynamodb' },
    servers: [{ url: 'http://dynamodb.{region}.amazonaws.com', variables: { region: { default: 'us-east-1' } } }, { url: 'https://dynamodb.{region}.amazonaws.com', variables: { region: { default: 'us-east-1' } } }],
    security: [{ hmac: [] }], components: { securitySchemes: { hmac } },
    paths: {
      '/#X-Amz-Target=DynamoDB_20120810.ListTables': {
        post: {
          operationId: 'ListTables', parameters: [{ name: 'X-Amz-Target', in: 'header', required: true, schema: { type: 'string', enum: ['DynamoDB_20120810.ListTables'] } }],
          requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } }, responses: { 200: { description: '' } },
        },
      },
      '/a b/{id}': { get: { operationId: 'get', parameters: [{ name: 'id', in: 'path', required: true, schema: {} }, { name: 'q', in: 'query', schema: {} }], responses: { 200: { description: '' } } } },
    },
  }
  const credentials = { hmac: { accessKeyId: 'AKID', secretAccessKey: 'secret' } }

  const configuration = { serverVariables: { region: 'eu-central-1' } }

  test('a call is signed so that the service comes to the same signature', async () => {
    const seen: CallHttpRequest[] = []
    await compiled(document, 'ListTables').run(callOf({ credentials, configuration, input: { body: { Limit: 1 } } }, seen))
    await compiled(document, 'get').run(callOf({ credentials, input: { id: 'x/y(z)', q: 'ü &' } }, seen))
    expect(seen[0]).toMatchObject({ url: 'https://dynamodb.eu-central-1.amazonaws.com/', body: '{"Limit":1}', headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.ListTables' } })
    expect(isSigned(seen[0]!, 'eu-central-1')).toBe(true)
    expect(isSigned(seen[1]!, 'us-east-1')).toBe(true)
  })

  test('a session token and a region of the credential\'s own are used', async () => {
    const seen: CallHttpRequest[] = []
    const own = { hmac: { ...credentials.hmac, sessionToken: 'st', region: 'ap-south-1' } }
    await compiled(document, 'get').run(callOf({ credentials: own, endpoint: 'http://127.0.0.1:4566', input: { id: 1 } }, seen))
    expect(seen[0]).toMatchObject({ url: 'http://127.0.0.1:4566/a%20b/1', headers: { 'x-amz-security-token': 'st' } })
    expect(isSigned(seen[0]!, 'ap-south-1')).toBe(true)
  })
})
