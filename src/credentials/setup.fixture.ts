/** What the tests of this folder stand on: a database, tenants, and any number of hubs' services over it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import type { CredentialField } from '../connectors/connector.ts'
import { createDatabase, type Database } from '../db/database.ts'
import { createAddressGuard } from '../lib/http/address-guard.ts'
import { createHttpClient } from '../lib/http/client.ts'
import { effectiveScopes, type Caller } from '../tenants/caller.ts'
import { createCredentials, type Credentials, type CredentialsDeps } from './credentials.ts'
import { openRootKeys } from './root-key.ts'

export const canary = 'canary-secret/with+odd"chars'

const field = (type: CredentialField['type'], required: boolean, schema?: CredentialField['schema']): CredentialField => ({ label: 'Field', type, required, ...schema && { schema } })

export const schemas: Record<string, Record<string, CredentialField>> = {
  mail: { host: field('text', true), port: field('text', false), password: field('password', true), note: field('text', false) },
  drive: { account: { ...field('oauth', false), oauth: { authorizationUrl: 'https://vendor.example/authorize' } } },
  api: {
    login: field('password', false, { type: 'object', properties: { username: { type: 'string' }, password: { type: 'string', writeOnly: true } }, required: ['username', 'password'], additionalProperties: false }),
    client: field('oauth', false, { type: 'object', properties: { clientId: { type: 'string' }, clientSecret: { type: 'string', writeOnly: true } }, required: ['clientId', 'clientSecret'] }),
    'odd/name~': field('password', false), constructor: field('password', false),
  },
}

export interface HubOptions extends Partial<Pick<CredentialsDeps, 'database' | 'publicUrl' | 'announce' | 'environment' | 'connectors' | 'now' | 'onChange' | 'rootKeys'>> {
  /** Instead of the setup's own data folder. */
  rootKey?: string
  rootKeyPrevious?: string
  dataFolder?: string
}

export interface Setup extends AsyncDisposable {
  database: Database
  folder: string
  addTenant(): Promise<Caller>
  /** One hub's credentials, with nothing in memory yet. */
  hub(options?: HubOptions): Promise<Credentials>
}

export async function setUp(connectionString: string): Promise<Setup> {
  const database = createDatabase({ connectionString, maxConnections: 20, onError: () => undefined })
  const http = createHttpClient({ guard: createAddressGuard({ allowNetworks: ['127.0.0.0/8'] }) })
  const folder = await mkdtemp(join(tmpdir(), 'interchange-credentials-'))
  return {
    database, folder,
    async addTenant() {
      const id = uuidv7()
      await database.system.query('insert into tenants (id, slug, name) values ($1, $2, $3)', [id, `t-${id}`, 'Test'])
      return callerOf(id)
    },
    async hub({ rootKey, rootKeyPrevious, dataFolder = folder, environment = {}, ...rest } = {}) {
      return createCredentials({
        database, http, rootKeys: await openRootKeys({ rootKey, rootKeyPrevious, dataFolder }), allowEnvironment: ['MAIL_PASSWORD', 'UNSET'], environment,
        connectors: { credentialSchema: async (_tenantId, connector) => (Object.hasOwn(schemas, connector) ? schemas[connector] : undefined) }, ...rest,
      })
    },
    async [Symbol.asyncDispose]() {
      await http.close()
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function callerOf(tenantId: string): Caller {
  return { tenantId, actor: 'key:test', keyId: undefined, role: 'owner', scopes: effectiveScopes({ role: 'owner', scopes: null, isOperator: true }), requestId: undefined }
}

export interface TokenServer extends AsyncDisposable {
  url: string
  asked: { headers: IncomingHttpHeaders, form: URLSearchParams }[]
}

export interface TokenAnswer { status: number, body: unknown, headers?: Record<string, string> }

/** `answer` may wait; a string is sent as it is, everything else as JSON. */
export async function startTokenServer(answer: (asked: TokenServer['asked'][number], count: number) => TokenAnswer | Promise<TokenAnswer>): Promise<TokenServer> {
  const asked: TokenServer['asked'] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => { text += String(chunk) })
    request.on('end', () => {
      const one = { headers: request.headers, form: new URLSearchParams(text) }
      asked.push(one)
      void Promise.resolve(answer(one, asked.length)).then(({ status, body, headers }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body))
      })
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}

/** All rows of all tables as text: what a thief of the database reads. */
export async function readOut(database: Database): Promise<string> {
  const { rows: tables } = await database.owner.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'graphile_worker')")
  const texts: string[] = []
  for (const { name } of tables) {
    const { rows } = await database.owner.query<{ text: string }>(`select t::text as text from ${name} t`)
    texts.push(...rows.map(({ text }) => text))
  }
  return texts.join('\n')
}

export function formsOfSecret(secret: string): string[] {
  const base64 = (before: string): string => Buffer.from(`${before}${secret}`).toString('base64').slice(Math.ceil(before.length * 4 / 3), -4)
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), new URLSearchParams({ a: secret }).toString().slice(2), Buffer.from(secret).toString('hex'), base64(''), base64('u'), base64('u:')]
}
