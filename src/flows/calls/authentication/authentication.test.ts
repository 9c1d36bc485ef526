import { createHash, createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { json, startUpstream, type Asked, type Upstream } from '../../../../test/upstream.ts'
import { openCalls, type CallsFixture } from '../calls.fixture.ts'

let fixture: CallsFixture
let service: Upstream
let authority: Upstream
beforeEach(async () => {
  fixture = openCalls();
  [service, authority] = [await startUpstream(), await startUpstream()]
  authority.answer(giveTokens())
})
afterEach(async () => {
  await fixture[Symbol.asyncDispose]()
  await service.close()
  await authority.close()
})

function giveTokens(answer: Record<string, unknown> = {}): (request: Asked, response: ServerResponse) => void {
  let count = 0
  return ({ url }, response) => {
    if (url.endsWith('/.well-known/openid-configuration')) json(response, 200, { issuer: `${authority.url}/realm`, token_endpoint: `${authority.url}/the-token` })
    else json(response, 200, { access_token: `access-token-${++count}`, token_type: 'Bearer', expires_in: 300, ...answer })
  }
}

const calling = (authentication: object): object => ({ method: 'get', endpoint: { uri: service.url, authentication } })
const clientOf = (more: object = {}): object => ({ id: 'the client', secret: 'secret: of the client', ...more })
const oauth2 = (more: object = {}): Record<string, unknown> => ({ authority: `${authority.url}/realm`, grant: 'client_credentials', client: clientOf(), ...more })
const sent = (at = 0): (string | undefined)[] => service.asked.slice(at).map(({ headers }) => headers.authorization)
const form = (): Record<string, string> => Object.fromEntries(new URLSearchParams(authority.asked.at(-1)?.body))

describe('a policy', () => {
  test('may stand under a name, with expressions over the task\'s input', async () => {
    const definition = { use: { authentications: { named: { basic: { username: '${ .user }', password: '${ .password }' } } } } }
    await fixture.run('http', calling({ use: 'named' }), { definition, input: { user: 'ada', password: 'pass-of-ada' } })
    expect(sent()).toEqual([`Basic ${Buffer.from('ada:pass-of-ada').toString('base64')}`])
  })

  test.each([
    ['basic', { username: 'ada', password: 'pass-of-ada' }, `Basic ${Buffer.from('ada:pass-of-ada').toString('base64')}`],
    ['bearer', { token: 'token-of-ada' }, 'Bearer token-of-ada'],
    ['bearer', 'token-of-ada', 'Bearer token-of-ada'],
  ])('of %s may be a secret', async (kind, secret, header) => {
    await fixture.run('http', calling({ [kind]: { use: 'mine' } }), { secrets: { mine: secret } })
    expect(sent()).toEqual([header])
  })

  test('of oauth2 may be a secret', async () => {
    await fixture.run('http', calling({ oauth2: { use: 'mine' } }), { secrets: { mine: oauth2() } })
    expect(sent()).toEqual(['Bearer access-token-1'])
  })

  test.each([
    [{ use: 'nobody' }, 'There is no authentication "nobody"'],
    [{ certificate: {} }, 'certificate is not supported'],
    [{ hmac: {} }, 'one of basic'],
    [{ oauth2: { authority: 'https://example.com', grant: 'authorization_code', client: { id: 'a' } } }, 'needs a person'],
    [{ oauth2: { authority: 'https://example.com', grant: 'password', client: { id: 'a' } } }, 'needs username'],
    [{ oauth2: { authority: 'https://example.com', grant: 'client_credentials', client: { id: 'a' }, endpoints: { token: 'https://evil.example/token' } } }, 'path below the authority'],
    [{ oauth2: { authority: 'https://example.com', grant: 'client_credentials', client: { id: 'a' }, endpoints: { token: '//evil.example/token' } } }, 'path below the authority'],
  ])('%j is a configuration fault', async (policy, said) => {
    const fault = await fixture.faultOf('http', calling(policy))
    expect(fault).toMatchObject({ type: expect.stringMatching(/configuration$/), detail: expect.stringContaining(said) })
    expect(service.asked).toEqual([])
  })
})

test('the engine is told scheme and parameter, for $authorization', async () => {
  expect(await fixture.calls.resolveAuthentication({ bearer: { token: '${ .token }' } }, fixture.context({ input: { token: 'token-of-ada' } }))).toMatchObject({ scheme: 'Bearer', parameter: 'token-of-ada' })
})

describe('oauth2', () => {
  test('asks once for all who wait, and keeps the token', async () => {
    await Promise.all(Array.from({ length: 5 }, () => fixture.run('http', calling({ oauth2: oauth2() }))))
    await fixture.run('http', calling({ oauth2: oauth2() }))
    expect(new Set(sent())).toEqual(new Set(['Bearer access-token-1']))
    expect(authority.asked).toMatchObject([{ method: 'POST', url: '/realm/oauth2/token' }])
    expect(fixture.concealed).toEqual(expect.arrayContaining(['access-token-1', 'secret: of the client']))
  })

  test('keeps the tokens of tenants, clients and scopes apart', async () => {
    await fixture.run('http', calling({ oauth2: oauth2() }))
    await fixture.run('http', calling({ oauth2: oauth2() }), { tenantId: 'another' })
    await fixture.run('http', calling({ oauth2: oauth2({ scopes: ['a'] }) }))
    await fixture.run('http', calling({ oauth2: oauth2({ client: clientOf({ secret: 'another' }) }) }))
    expect(sent()).toEqual([1, 2, 3, 4].map((count) => `Bearer access-token-${count}`))
  })

  test('gets another token, once, where the service refuses the one it kept', async () => {
    await fixture.run('http', calling({ oauth2: oauth2() }))
    service.answer(({ headers }, response) => { json(response, headers.authorization === 'Bearer access-token-2' ? 200 : 401, {}) })
    await fixture.run('http', calling({ oauth2: oauth2() }))
    expect(sent()).toEqual(['Bearer access-token-1', 'Bearer access-token-1', 'Bearer access-token-2'])
    service.answer((_request, response) => { json(response, 401, {}) })
    expect(await fixture.faultOf('http', calling({ oauth2: oauth2() }))).toMatchObject({ status: 401, type: expect.stringMatching(/communication$/) })
  })

  test.each([
    ['client_secret_post', { grant_type: 'client_credentials', client_id: 'the client', client_secret: 'secret: of the client' }, undefined],
    ['client_secret_basic', { grant_type: 'client_credentials' }, `Basic ${Buffer.from('the+client:secret%3A+of+the+client').toString('base64')}`],
    ['none', { grant_type: 'client_credentials', client_id: 'the client' }, undefined],
    ['private_key_jwt', { grant_type: 'client_credentials', client_id: 'the client', client_assertion: 'signed.by.key', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }, undefined],
  ])('authenticates the client by %s', async (authentication, fields, header) => {
    await fixture.run('http', calling({ oauth2: oauth2({ client: clientOf({ authentication, ...authentication === 'private_key_jwt' && { assertion: 'signed.by.key' } }) }) }))
    expect(form()).toEqual(fields)
    expect(authority.asked[0]?.headers.authorization).toBe(header)
  })

  test('signs the assertion of client_secret_jwt with the secret', async () => {
    await fixture.run('http', calling({ oauth2: oauth2({ client: clientOf({ authentication: 'client_secret_jwt' }) }) }))
    const [header, claims, signature] = form()['client_assertion']!.split('.')
    expect(signature).toBe(createHmac('sha256', 'secret: of the client').update(`${header}.${claims}`).digest('base64url'))
    expect(JSON.parse(Buffer.from(claims!, 'base64url').toString())).toMatchObject({ iss: 'the client', sub: 'the client', aud: `${authority.url}/realm/oauth2/token` })
  })

  test.each([
    [{ grant: 'password', username: 'ada', password: 'pass-of-ada' }, { grant_type: 'password', username: 'ada', password: 'pass-of-ada' }],
    [{ grant: 'refresh_token', subject: { token: 'to-refresh', type: 'refresh_token' } }, { grant_type: 'refresh_token', refresh_token: 'to-refresh' }],
    [{ grant: 'urn:ietf:params:oauth:grant-type:token-exchange', subject: { token: 's', type: 'jwt' }, actor: { token: 'a', type: 'jwt' } }, { subject_token: 's', subject_token_type: 'jwt', actor_token: 'a', actor_token_type: 'jwt' }],
    [{ scopes: ['read', 'write'], audiences: ['shop'] }, { scope: 'read write', audience: 'shop' }],
  ])('asks as %j says', async (policy, fields) => {
    await fixture.run('http', calling({ oauth2: oauth2(policy) }))
    expect(form()).toMatchObject(fields)
  })

  test('asks in JSON, and below another path, where the policy wants that', async () => {
    await fixture.run('http', calling({ oauth2: oauth2({ request: { encoding: 'application/json' }, endpoints: { token: '/t/{zone}' } }) }), { input: { zone: 'eu' } })
    expect(authority.asked[0]).toMatchObject({ url: '/realm/t/eu', headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(authority.asked[0]!.body)).toMatchObject({ grant_type: 'client_credentials' })
  })

  test('that is refused is an authentication fault, without the secret', async () => {
    authority.answer((_request, response) => { json(response, 401, { error: 'invalid_client', error_description: 'secret: of the client is wrong' }) })
    const fault = await fixture.faultOf('http', calling({ oauth2: oauth2() }))
    expect(fault).toMatchObject({ type: expect.stringMatching(/authentication$/), status: 401 })
    expect(fault.detail).toContain('invalid_client')
    expect(fault.detail).not.toContain('of the client')
  })
})

describe('issuers', () => {
  const jwt = (iss: string): string => ['{"alg":"none"}', JSON.stringify({ iss }), ''].map((part) => Buffer.from(part).toString('base64url')).join('.')

  test.each([
    ['the token itself', () => ({ access_token: jwt('https://good.example') }), true],
    ['its id token', () => ({ id_token: jwt('https://good.example') }), true],
    ['another issuer', () => ({ access_token: jwt('https://evil.example') }), false],
    ['nobody', () => ({}), false],
  ])('are held against what %s says', async (_title, answer, isGood) => {
    authority.answer(giveTokens(answer()))
    const policy = calling({ oauth2: oauth2({ issuers: ['https://good.example'] }) })
    if (isGood) await fixture.run('http', policy)
    else expect(await fixture.faultOf('http', policy)).toMatchObject({ type: expect.stringMatching(/authentication$/) })
    expect(service.asked.length).toBe(isGood ? 1 : 0)
  })
})

describe('oidc', () => {
  test.each(['', '/.well-known/openid-configuration'])("asks the token endpoint that the authority's configuration names (%j)", async (path) => {
    await fixture.run('http', calling({ oidc: oauth2({ authority: `${authority.url}/realm${path}`, issuers: [`${authority.url}/realm`] }) }))
    expect(authority.asked.map(({ url }) => url)).toEqual(['/realm/.well-known/openid-configuration', '/the-token'])
    expect(sent()).toEqual(['Bearer access-token-1'])
  })
})

describe('digest', () => {
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
  const parse = (header: string): Record<string, string> => Object.fromEntries([...header.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(([, name, quoted, plain]) => [name, quoted ?? plain ?? '']))

  test.each([
    ['MD5 with qop', 'Digest realm="r", nonce="n", qop="auth,auth-int", opaque="o"', md5, true],
    ['SHA-256, where both are offered', 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5, Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256', sha256, true],
    ['the old way', 'Basic realm="r", Digest realm="r", nonce="n"', md5, false],
  ])('answers a challenge of %s', async (_title, challenge, hash, hasQop) => {
    service.answer(({ headers }, response) => { json(response, headers.authorization === undefined ? 401 : 200, {}, { 'www-authenticate': challenge }) })
    await fixture.run('http', { method: 'post', endpoint: { uri: `${service.url}/a/b?c=1`, authentication: { digest: { username: 'ada', password: 'pass-of-ada' } } }, body: { x: 1 } })
    const { username, uri, response, cnonce, nc, qop } = parse(sent()[1]!)
    const [secret, about] = [hash('ada:r:pass-of-ada'), hash('POST:/a/b?c=1')]
    expect([username, uri]).toEqual(['ada', '/a/b?c=1'])
    expect(response).toBe(hasQop ? hash(`${secret}:n:${nc}:${cnonce}:${qop}:${about}`) : hash(`${secret}:n:${about}`))
    expect(service.asked.map(({ body }) => body)).toEqual(['{"x":1}', '{"x":1}'])
  })
})
