import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import { createTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import type { Credentials } from './credentials.ts'
import { canary, setUp, startTokenServer, type HubOptions, type Setup, type TokenAnswer } from './setup.fixture.ts'
import type { ClientCredentialsRequest } from './token-request.ts'

let postgres: TestDatabase
let setup: Setup

beforeAll(async () => {
  postgres = await createTestDatabase()
  setup = await setUp(postgres.connectionString)
})

afterAll(async () => {
  await setup[Symbol.asyncDispose]()
  await postgres.drop()
})

const mail = { connector: 'mail', credentials: { host: 'h', password: canary } }
const requestTo = (tokenUrl: string, more: Partial<ClientCredentialsRequest> = {}): ClientCredentialsRequest => ({ tokenUrl, clientId: 'client', clientSecret: 'client-secret', scopes: ['read'], ...more })
const fresh = (): TokenAnswer => ({ status: 200, body: { access_token: `token-${randomUUID()}`, token_type: 'Bearer', expires_in: 3600 } })

async function stored(options: HubOptions = {}): Promise<{ caller: Caller, tenantId: string, id: string, hub: Credentials }> {
  const [caller, hub] = [await setup.addTenant(), await setup.hub(options)]
  return { caller, tenantId: caller.tenantId, hub, id: (await hub.create(caller, mail)).id }
}

const failureOf = async (promise: Promise<unknown>): Promise<HubError> => promise.then(() => { throw new Error('It did not fail.') }, (error: unknown) => error as HubError)

test('fifty callers in two hubs make one token request, which is stored before anybody has it', async () => {
  const { tenantId, id, hub } = await stored()
  const other = await setup.hub()
  await using server = await startTokenServer(fresh)
  const request = requestTo(server.url)
  const seen = await Promise.all(Array.from({ length: 50 }, async (_, at) => {
    const token = await (at % 2 ? hub : other).tokens(tenantId, id).get(request)
    const { rows } = await setup.database.system.query('select from credential_tokens where credential_id = $1 and token is not null and lease_until is null', [id])
    return [token, rows.length]
  }))
  expect(new Set(seen.map(String))).toEqual(new Set([`${seen[0]![0]},1`]))
  expect(server.asked.length).toBe(1)
  // A hub that starts later takes the stored one.
  expect(await (await setup.hub()).tokens(tenantId, id).get(request)).toBe(seen[0]![0])
  expect(server.asked.length).toBe(1)
})

test('fifty callers whose token was refused make one more request, and none drops the new one', async () => {
  const { tenantId, id, hub } = await stored()
  const other = await setup.hub()
  await using server = await startTokenServer(fresh)
  const request = requestTo(server.url)
  const sources = [hub.tokens(tenantId, id), other.tokens(tenantId, id)]
  const refused = await sources[0]!.get(request)
  await sources[1]!.get(request)
  const renewed = await Promise.all(Array.from({ length: 50 }, async (_, at) => {
    const source = sources[at % 2]!
    await source.invalidate(request, refused)
    return source.get(request)
  }))
  expect(new Set(renewed).size).toBe(1)
  expect(renewed[0]).not.toBe(refused)
  // One that has nothing in memory and is told late looks at what is stored.
  const late = (await setup.hub()).tokens(tenantId, id)
  await late.invalidate(request, refused)
  expect(await late.get(request)).toBe(renewed[0])
  expect(server.asked.length).toBe(2)
})

test('another client, scope, audience or server is another token; the order of callers is none', async () => {
  const { tenantId, id, hub } = await stored()
  await using server = await startTokenServer(fresh)
  const source = hub.tokens(tenantId, id)
  const requests = [{}, { clientId: 'other' }, { scopes: ['write'] }, { scopes: [] }, { audience: 'https://api.example.com' }].map((more) => requestTo(server.url, more))
  const tokens = await Promise.all(requests.map((request) => source.get(request)))
  expect(new Set(tokens).size).toBe(5)
  expect(await Promise.all(requests.toReversed().map((request) => source.get(request)))).toEqual(tokens.toReversed())
  expect(server.asked.map(({ form }) => Object.fromEntries(form)).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual([
    { grant_type: 'client_credentials' }, { grant_type: 'client_credentials', scope: 'read' }, { grant_type: 'client_credentials', scope: 'read' },
    { grant_type: 'client_credentials', scope: 'read', audience: 'https://api.example.com' }, { grant_type: 'client_credentials', scope: 'write' },
  ].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))))
})

test('a token is fetched anew shortly before its end, and a short-lived one at nine tenths of its life', async () => {
  const clock = { now: Date.now() }
  const { tenantId, id, hub } = await stored({ now: () => clock.now })
  for (const [seconds, good, over] of [[3600, 3569, 3571], [10, 8.9, 9.1]] as const) {
    await using server = await startTokenServer(() => ({ status: 200, body: { access_token: randomUUID(), expires_in: seconds } }))
    const start = clock.now
    const first = await hub.tokens(tenantId, id).get(requestTo(server.url))
    clock.now = start + good * 1000
    expect(await hub.tokens(tenantId, id).get(requestTo(server.url))).toBe(first)
    clock.now = start + over * 1000
    expect(await hub.tokens(tenantId, id).get(requestTo(server.url))).not.toBe(first)
    expect(server.asked.length).toBe(2)
  }
})

test('a token without a life, or with one in words, is used; one that is over at once is used once', async () => {
  const { tenantId, id, hub } = await stored()
  const lives: unknown[] = [undefined, '3600', 'for ever', 0]
  await using server = await startTokenServer((_asked, count) => ({ status: 200, body: { access_token: `token-number-${count}`, expires_in: lives[count - 1] } }))
  for (const [at] of lives.slice(0, 3).entries()) {
    const request = requestTo(server.url, { scopes: [String(at)] })
    expect([await hub.tokens(tenantId, id).get(request), await hub.tokens(tenantId, id).get(request)]).toEqual([`token-number-${at + 1}`, `token-number-${at + 1}`])
  }
  expect([await hub.tokens(tenantId, id).get(requestTo(server.url)), await hub.tokens(tenantId, id).get(requestTo(server.url))]).toEqual(['token-number-4', 'token-number-5'])
})

test('the client authenticates by the header, encoded as RFC 6749 says; by the body where the server wants that', async () => {
  const { tenantId, id, hub } = await stored()
  const request = { clientId: 'my client:1', clientSecret: 'sec ret%+&' }
  await using server = await startTokenServer(({ form }) => (form.get('client_secret') === 'sec ret%+&' ? fresh() : { status: 400, body: { error: 'invalid_request' } }))
  await hub.tokens(tenantId, id).get(requestTo(server.url, request))
  expect(server.asked.map(({ headers, form }) => [headers.authorization, form.get('client_id')])).toEqual([
    [`Basic ${Buffer.from('my+client%3A1:sec+ret%25%2B%26').toString('base64')}`, null], [undefined, 'my client:1'],
  ])
  await hub.tokens(tenantId, id).get(requestTo(server.url, { ...request, authMethod: 'post' }))
  expect(server.asked.length).toBe(3)
})

const secretsBack = `who is ${encodeURIComponent('client-secret')}? client-secret!`
test.each<[string, string, TokenAnswer, Partial<HubError>]>([
  ['a refused client', 'upstream_rejected', { status: 401, body: { error: 'invalid_client', error_description: secretsBack } }, { upstreamStatus: 401 }],
  ['a refusal with status 200', 'upstream_rejected', { status: 200, body: { error: 'unauthorized_client' } }, {}],
  ['a refused scope', 'upstream_rejected', { status: 400, body: { error: 'invalid_scope' } }, { upstreamStatus: 400 }],
  ['a redirect', 'upstream_rejected', { status: 302, body: '', headers: { location: '/elsewhere' } }, {}],
  ['a server that fails', 'upstream_unavailable', { status: 503, body: 'down', headers: { 'retry-after': '7' } }, { retryAfterSeconds: 7 }],
  ['too many requests', 'upstream_unavailable', { status: 429, body: { error: 'slow_down' }, headers: { 'retry-after': '3' } }, { retryAfterSeconds: 3 }],
  ['a page instead of an answer', 'upstream_invalid_response', { status: 200, body: '<html>Welcome</html>' }, {}],
  ['a token that is none', 'upstream_invalid_response', { status: 200, body: { access_token: '' } }, {}],
  ['a token of another type', 'upstream_invalid_response', { status: 200, body: { access_token: 'abcdefgh', token_type: 'mac' } }, {}],
])('%s is told as %s, with nothing secret in it, and the next call may try again', async (_what, code, answer, facts) => {
  const { tenantId, id, hub } = await stored()
  let broken = true
  await using server = await startTokenServer(() => (broken ? answer : fresh()))
  const request = requestTo(server.url)
  const failure = await failureOf(hub.tokens(tenantId, id).get(request))
  expect(failure).toMatchObject({ code, beforeSending: true, ...facts })
  expect(failure.message).not.toContain('client-secret')
  broken = false
  expect(await hub.tokens(tenantId, id).get(request)).toMatch(/^token-/)
})

test('an authorization server that cannot be reached is told as that, not as a refusal', async () => {
  const { tenantId, id, hub } = await stored()
  const server = await startTokenServer(fresh)
  await server[Symbol.asyncDispose]()
  expect(await failureOf(hub.tokens(tenantId, id).get(requestTo(server.url)))).toMatchObject({ code: 'upstream_unavailable', beforeSending: true })
  expect(await failureOf(hub.tokens(tenantId, id).get(requestTo('http://10.1.2.3/token')))).toMatchObject({ code: 'address_refused', beforeSending: true })
})

test('the lease of a process that died lapses, and is nothing to one that still lives', async () => {
  const { tenantId, id, hub } = await stored()
  await using server = await startTokenServer(fresh)
  const request = requestTo(server.url)
  await hub.tokens(tenantId, id).get(request)
  await setup.database.system.query("update credential_tokens set token = null, lease_until = clock_timestamp() + interval '400 milliseconds' where credential_id = $1", [id])
  const other = await setup.hub()
  expect(await other.tokens(tenantId, id).get(request)).toMatch(/^token-/)
  expect(server.asked.length).toBe(2)
  // Whoever held the lapsed lease finds that it is not its own any more.
  await setup.database.system.query("update credential_tokens set token = null, lease_until = clock_timestamp() + interval '1 hour' where credential_id = $1", [id])
  const waiting = AbortSignal.timeout(300)
  expect(await failureOf((await setup.hub()).tokens(tenantId, id).get({ ...request, signal: waiting }))).toMatchObject({ code: 'upstream_timeout', beforeSending: true })
  expect(server.asked.length).toBe(2)
  // It would go on asking for the lease for some seconds.
  await setup.database.system.query('delete from credentials where id = $1', [id])
})

test('a caller that gives up ends its own waiting only', async () => {
  const { tenantId, id, hub } = await stored()
  const answered = Promise.withResolvers<TokenAnswer>()
  const asked = Promise.withResolvers<void>()
  await using server = await startTokenServer(() => {
    asked.resolve()
    return answered.promise
  })
  const controller = new AbortController()
  const impatient = failureOf(hub.tokens(tenantId, id).get(requestTo(server.url, { signal: controller.signal })))
  const patient = hub.tokens(tenantId, id).get(requestTo(server.url))
  await asked.promise
  controller.abort()
  expect(await impatient).toMatchObject({ code: 'upstream_timeout' })
  answered.resolve(fresh())
  expect(await patient).toMatch(/^token-/)
  expect(server.asked.length).toBe(1)
})

test('what is opened before a token is fetched masks it all the same, and those before it', async () => {
  const { tenantId, id, hub } = await stored()
  await using server = await startTokenServer(fresh)
  const [opened, request] = [await hub.open(tenantId, id), requestTo(server.url)]
  expect(opened.mask.mask(`not yet ${canary}`)).toBe('not yet [secret]')
  const first = await hub.tokens(tenantId, id).get(request)
  expect(opened.mask.mask(first)).toBe('[secret]')
  await hub.tokens(tenantId, id).invalidate(request, first)
  const second = await hub.tokens(tenantId, id).get(request)
  const text = `${first} ${second} ${Buffer.from(second).toString('base64')} ${canary}`
  expect(opened.mask.mask(text)).toMatch(/^\[secret\] \[secret\] \S{0,3}\[secret\]\S{0,4} \[secret\]$/)
  expect(opened.mask.maskJson(JSON.stringify({ first, second }))).toBe('{"first":"[secret]","second":"[secret]"}')
  expect(opened.mask.maskValue({ [first]: second })).toEqual({ '[secret]': '[secret]' })
  expect((await (await setup.hub()).open(tenantId, id)).mask.mask(canary)).toBe('[secret]')
})

test('a changed credential has no tokens any more, not even one that was on its way', async () => {
  const { caller, tenantId, id, hub } = await stored()
  const answers = [fresh(), fresh(), fresh()]
  const held = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  await using server = await startTokenServer(async (_asked, count) => {
    if (count === 2) {
      asked.resolve()
      await held.promise
    }
    return answers[count - 1]!
  })
  const request = requestTo(server.url)
  await hub.tokens(tenantId, id).get(request)
  await hub.update(caller, id, { credentials: { password: 'a-new-password' } })
  const onItsWay = hub.tokens(tenantId, id).get(request)
  await asked.promise
  await hub.update(caller, id, { credentials: { password: 'a-newer-password' } })
  held.resolve()
  expect(await onItsWay).toBe((answers[2]!.body as { access_token: string }).access_token)
  expect(server.asked.length).toBe(3)
  // A change of the name alone is none.
  await hub.update(caller, id, { name: 'Another' })
  await hub.tokens(tenantId, id).get(request)
  expect(server.asked.length).toBe(3)
})

test('a stored token that was moved or changed is not used: another is fetched', async () => {
  const [one, two] = [await stored(), await stored()]
  await using server = await startTokenServer(fresh)
  const request = requestTo(server.url)
  const theirs = await one.hub.tokens(one.tenantId, one.id).get(request)
  await two.hub.tokens(two.tenantId, two.id).get(request)
  await setup.database.owner.query('update credential_tokens a set token = b.token from credential_tokens b where a.credential_id = $1 and b.credential_id = $2', [two.id, one.id])
  const token = await (await setup.hub()).tokens(two.tenantId, two.id).get(request)
  expect(token).not.toBe(theirs)
  expect(server.asked.length).toBe(3)
})

test('values that are only tried keep their tokens to themselves, and mask them', async () => {
  const { caller, tenantId, hub } = await stored()
  await using server = await startTokenServer(({ headers }) => (headers.authorization === `Basic ${Buffer.from('client:client-secret').toString('base64')}` ? fresh() : { status: 401, body: { error: 'invalid_client' } }))
  const [right, wrong] = [await hub.forTest(caller, 'mail', mail.credentials), await hub.forTest(caller, 'mail', mail.credentials)]
  const token = await hub.tokens(tenantId, right.id).get(requestTo(server.url))
  expect(await hub.tokens(tenantId, right.id).get(requestTo(server.url))).toBe(token)
  expect(right.mask.mask(`${token} ${canary}`)).toBe('[secret] [secret]')
  // The same client with another secret must not pass by the first one's token; nor without any credential.
  for (const id of [wrong.id, '']) await expect(hub.tokens(tenantId, id).get(requestTo(server.url, { clientSecret: 'wrong-secret' }))).rejects.toMatchObject({ code: 'upstream_rejected' })
  const { rows } = await setup.database.system.query('select from credential_tokens where tenant_id = $1', [tenantId])
  expect(rows).toEqual([])
})

test("another tenant's credential gives no token, whatever its id", async () => {
  const { tenantId, id, hub } = await stored()
  await using server = await startTokenServer(fresh)
  await hub.tokens(tenantId, id).get(requestTo(server.url))
  const other = await setup.addTenant()
  await expect(hub.tokens(other.tenantId, id).get(requestTo(server.url))).rejects.toMatchObject({ code: 'credential_missing' })
  expect(server.asked.length).toBe(1)
})
