import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CredentialField } from '../connectors/connector.ts'
import { createDatabase, type Database } from '../db/database.ts'
import { createAddressGuard } from '../lib/http/address-guard.ts'
import { createHttpClient } from '../lib/http/client.ts'
import type { HttpClient } from '../lib/http/http.ts'
import { effectiveScopes, type Caller } from '../tenants/caller.ts'
import { createTestDatabase } from '../../test/postgres.ts'
import { createCredentials, type Credentials } from './credentials.ts'
import { openRootKeys, type RootKeys } from './root-key.ts'

const canary = 'canary-secret/with+odd"chars'
const schema: Record<string, CredentialField> = {
  host: { label: 'Host', type: 'text', required: true },
  password: { label: 'Password', type: 'password', required: true },
  note: { label: 'Note', type: 'text', required: false },
}

let postgres: { connectionString: string, drop(): Promise<void> }
let database: Database
let http: HttpClient
let folder: string

beforeAll(async () => {
  postgres = await createTestDatabase()
  database = createDatabase({ connectionString: postgres.connectionString, maxConnections: 12, onError: () => undefined })
  http = createHttpClient({ guard: createAddressGuard({ allowNetworks: ['127.0.0.0/8'] }) })
  folder = await mkdtemp(join(tmpdir(), 'interchange-credentials-'))
})

afterAll(async () => {
  await http.close()
  await database.close()
  await postgres.drop()
  await rm(folder, { recursive: true, force: true })
})

async function addTenant(): Promise<Caller> {
  const id = uuidv7()
  await database.system.query('insert into tenants (id, slug, name) values ($1, $2, $3)', [id, `t-${id}`, 'Test'])
  return { tenantId: id, actor: 'key:test', keyId: undefined, role: 'owner', scopes: effectiveScopes({ role: 'owner', scopes: null, isOperator: true }), requestId: undefined }
}

async function open(options: { rootKeys?: RootKeys, environment?: Record<string, string> } = {}): Promise<Credentials> {
  return createCredentials({
    database, http, rootKeys: options.rootKeys ?? await openRootKeys({ rootKey: undefined, rootKeyPrevious: undefined, dataFolder: folder }),
    connectors: { credentialSchema: async (_tenantId, connector) => (connector === 'mail' ? schema : undefined) },
    allowEnvironment: ['MAIL_PASSWORD'], environment: options.environment ?? {},
  })
}

test('a credential is opened as it was stored, and shown without its secrets', async () => {
  const [caller, credentials] = [await addTenant(), await open()]
  const shown = await credentials.create(caller, { id: 'smtp-credentials', connector: 'mail', credentials: { host: 'mail.example.com', password: canary } })
  expect(shown).toMatchObject({ id: 'smtp-credentials', fields: { host: { value: 'mail.example.com' }, password: { type: 'password', set: true } } })
  expect(JSON.stringify([shown, await credentials.list(caller, { limit: 10 }), await credentials.find(caller, 'smtp-credentials')])).not.toContain('canary')
  const opened = await (await open()).open(caller.tenantId, 'smtp-credentials')
  expect(opened.values).toEqual({ host: 'mail.example.com', password: canary })
  expect(opened.mask.mask(`it is ${canary}.`)).toBe('it is [secret].')
})

test('no table holds a secret in the clear', async () => {
  const [caller, credentials] = [await addTenant(), await open()]
  await credentials.create(caller, { connector: 'mail', credentials: { host: 'h', password: canary } })
  const { rows } = await database.owner.query<{ name: string }>("select table_name as name from information_schema.tables where table_schema = 'public'")
  for (const { name } of rows) {
    const { rows: [all] } = await database.owner.query<{ text: string | null }>(`select string_agg(t::text, ' ') as text from ${name} t`)
    for (const form of [canary, Buffer.from(canary).toString('base64').slice(0, 20), encodeURIComponent(canary), 'canary-secret']) expect(all?.text ?? '').not.toContain(form)
  }
})

test.each([
  ['another row', (ids: string[]) => `update credentials a set fields = b.fields from credentials b where a.id = '${ids[1]}' and b.id = '${ids[0]}'`],
  ['another field', (ids: string[]) => `update credentials set fields = jsonb_build_object('host', fields->'host', 'note', fields->'password', 'password', fields->'password') where id = '${ids[1]}'`],
  ['another key version', (ids: string[]) => `update credentials set fields = jsonb_set(fields, '{password,v}', '2') where id = '${ids[1]}'`],
])('a ciphertext that was moved to %s is refused', async (_name, moved) => {
  const [caller, credentials] = [await addTenant(), await open()]
  const ids = [uuidv7(), uuidv7()]
  for (const id of ids) await credentials.create(caller, { id, connector: 'mail', credentials: { host: 'h', password: canary } })
  await database.owner.query(moved(ids))
  await expect((await open()).open(caller.tenantId, ids[1]!)).rejects.toMatchObject({ code: 'credential_unreadable' })
})

test('a ciphertext that was moved to another tenant is refused', async () => {
  const [a, b, credentials] = [await addTenant(), await addTenant(), await open()]
  for (const caller of [a, b]) await credentials.create(caller, { id: 'same', connector: 'mail', credentials: { host: 'h', password: canary } })
  await database.owner.query('update credentials set fields = (select fields from credentials where tenant_id = $1) where tenant_id = $2', [a.tenantId, b.tenantId])
  await expect((await open()).open(b.tenantId, 'same')).rejects.toMatchObject({ code: 'credential_unreadable' })
})

test('wrong fields are told by pointer, all at once, and nothing is stored', async () => {
  const [caller, credentials] = [await addTenant(), await open()]
  await expect(credentials.create(caller, { connector: 'mail', credentials: { password: ['x'], hots: 'typo' } })).rejects.toMatchObject({
    code: 'invalid_input', errors: [{ pointer: '/credentials/hots' }, { pointer: '/credentials/host' }, { pointer: '/credentials/password' }],
  })
  expect(await credentials.list(caller, { limit: 10 })).toEqual({ data: [], nextCursor: null })
})

test("another tenant's credential is not there", async () => {
  const [a, b, credentials] = [await addTenant(), await addTenant(), await open()]
  const { id } = await credentials.create(a, { connector: 'mail', credentials: { host: 'h', password: canary } })
  for (const work of [() => credentials.find(b, id), () => credentials.update(b, id, { name: 'mine' }), () => credentials.remove(b, id)]) {
    await expect(work()).rejects.toMatchObject({ code: 'not_found' })
  }
  await expect(credentials.open(b.tenantId, id)).rejects.toMatchObject({ code: 'credential_missing' })
})

test('a change takes hold at once, keeps what it does not name, and cannot take what is needed', async () => {
  const [caller, credentials] = [await addTenant(), await open()]
  const { id } = await credentials.create(caller, { connector: 'mail', credentials: { host: 'h', password: canary } })
  await credentials.open(caller.tenantId, id)
  await credentials.update(caller, id, { credentials: { password: 'another-secret' } }, { ifMatch: '1' })
  expect((await credentials.open(caller.tenantId, id)).values).toEqual({ host: 'h', password: 'another-secret' })
  await expect(credentials.update(caller, id, { name: 'late' }, { ifMatch: '1' })).rejects.toMatchObject({ code: 'precondition_failed' })
  await expect(credentials.update(caller, id, { credentials: { host: null } })).rejects.toMatchObject({ errors: [{ pointer: '/credentials/host' }] })
})

test('a field may stand in an environment variable that the operator allows, and is masked like any other', async () => {
  const [caller, credentials] = [await addTenant(), await open({ environment: { MAIL_PASSWORD: 'from-the-environment', PATH: '/bin' } })]
  const { id } = await credentials.create(caller, { connector: 'mail', credentials: { host: 'h', password: { $env: 'MAIL_PASSWORD' } } })
  const opened = await credentials.open(caller.tenantId, id)
  expect(opened.values['password']).toBe('from-the-environment')
  expect(opened.mask.mask('from-the-environment')).toBe('[secret]')
  await expect(credentials.create(caller, { connector: 'mail', credentials: { host: 'h', password: { $env: 'PATH' } } })).rejects.toMatchObject({ errors: [{ pointer: '/credentials/password/$env' }] })
})

test("a tenant's key is rotated while credentials are read and written", async () => {
  const [caller, credentials] = [await addTenant(), await open()]
  const ids: string[] = []
  for (let at = 0; at < 20; at += 1) ids.push((await credentials.create(caller, { connector: 'mail', credentials: { host: 'h', password: canary } })).id)
  const other = await open()
  const rotation = { running: true }
  const reading = (async () => {
    while (rotation.running) {
      for (const id of ids.slice(0, 5)) {
        other.forget(caller.tenantId, id)
        expect((await other.open(caller.tenantId, id)).values['password']).toBe(canary)
      }
      await other.create(caller, { connector: 'mail', credentials: { host: 'h', password: canary } })
    }
  })()
  expect((await credentials.rotation.rotateTenant(caller)).version).toBe(2)
  expect((await credentials.rotation.rotateTenant(caller)).version).toBe(3)
  rotation.running = false
  await reading
  const { rows } = await database.system.query<{ version: number }>('select version from tenant_keys where tenant_id = $1 order by 1', [caller.tenantId])
  expect(rows.map(({ version }) => version)).toEqual([3])
  const fresh = await open()
  for (const { id } of (await fresh.list(caller, { limit: 500 })).data) expect((await fresh.open(caller.tenantId, id)).values['password']).toBe(canary)
})

test('the root key is rotated, also where an earlier rotation broke off, and the old key is of no use then', async () => {
  const own = await mkdtemp(join(folder, 'root-'))
  const isolated = await createTestDatabase()
  const db = createDatabase({ connectionString: isolated.connectionString, maxConnections: 8, onError: () => undefined })
  const connectors = { credentialSchema: async () => schema }
  const settings = { rootKey: undefined, rootKeyPrevious: undefined, dataFolder: own }
  const openOn = async (rootKeys: RootKeys): Promise<Credentials> => createCredentials({ database: db, http, rootKeys, connectors, allowEnvironment: [], environment: {} })
  try {
    const tenantId = uuidv7()
    await db.system.query("insert into tenants (id, slug, name) values ($1, 'r', 'R')", [tenantId])
    const caller: Caller = { tenantId, actor: 'system', keyId: undefined, role: 'owner', scopes: new Set(), requestId: undefined }
    const before = await openOn(await openRootKeys(settings))
    const { id } = await before.create(caller, { connector: 'mail', credentials: { host: 'h', password: canary } })
    const oldKey = (await readFile(join(own, 'root.key'), 'utf8')).trim()
    expect((await stat(join(own, 'root.key'))).mode & 0o777).toBe(0o600)

    // It breaks off after the new key was made, before anything was wrapped by it.
    await (await openRootKeys(settings)).renew()
    const after = await openOn(await openRootKeys(settings))
    expect((await after.rotation.rotateRoot(caller)).tenantKeys).toBe(1)
    expect((await (await openOn(await openRootKeys(settings))).open(tenantId, id)).values['password']).toBe(canary)
    // A hub that began before the rotation reads the new key by itself.
    before.forgetAll()
    expect((await before.open(tenantId, id)).values['password']).toBe(canary)
    await expect(openOn(await openRootKeys({ ...settings, rootKey: oldKey }))).rejects.toThrow(/Put the right key back/)
  } finally {
    await db.close()
    await isolated.drop()
  }
})

test('fifty callers over two hubs make one token request, and the token is stored encrypted and masked', async () => {
  const caller = await addTenant()
  const [one, two] = [await open(), await open()]
  const { id } = await one.create(caller, { connector: 'mail', credentials: { host: 'h', password: canary } })
  const token = `token-${randomBytes(16).toString('hex')}`
  const requests: string[] = []
  const server = await startTokenServer((body, authorization) => {
    requests.push(authorization)
    return [200, { access_token: token, token_type: 'Bearer', expires_in: 3600 }]
  })
  try {
    const request = { tokenUrl: server.url, clientId: 'client', clientSecret: 'client-secret', scopes: ['read'] }
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, at) => (at % 2 ? one : two).tokens(caller.tenantId, id).get(request)))
    expect(new Set(tokens)).toEqual(new Set([token]))
    expect(requests).toEqual([`Basic ${Buffer.from('client:client-secret').toString('base64')}`])
    expect((await one.open(caller.tenantId, id)).mask.mask(`Bearer ${token}`)).toBe('Bearer [secret]')
    const { rows } = await database.owner.query<{ text: string }>('select string_agg(t::text, \'\') as text from credential_tokens t')
    expect(rows[0]!.text).not.toContain(token)
  } finally {
    await server.close()
  }
})

test('a refused client and an authorization server that is down are different failures', async () => {
  const [caller, credentials] = [await addTenant(), await open()]
  const { id } = await credentials.create(caller, { connector: 'mail', credentials: { host: 'h', password: canary } })
  const server = await startTokenServer(() => [401, { error: 'invalid_client' }])
  const request = { tokenUrl: server.url, clientId: 'client', clientSecret: 'wrong-secret', scopes: [] }
  await expect(credentials.tokens(caller.tenantId, id).get(request)).rejects.toMatchObject({ code: 'upstream_rejected' })
  await server.close()
  await expect(credentials.tokens(caller.tenantId, id).get(request)).rejects.toMatchObject({ code: 'upstream_unavailable' })
})

async function startTokenServer(answer: (body: string, authorization: string) => [status: number, body: object]): Promise<{ url: string, close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => { body += String(chunk) })
    request.on('end', () => {
      const [status, value] = answer(body, request.headers.authorization ?? '')
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}
