/**
 * The services that the kit and the examples name, at one local address: `https://petstore.swagger.io/v2/pet/1` is
 * `http://127.0.0.1:<port>/petstore.swagger.io/v2/pet/1` there.
 */
import type { ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { json, startUpstream, type Asked, type Upstream } from '../upstream.ts'
import { asyncApiDocument, greetProto, logFunction, ordersDocument, petstoreDocument } from './stand-in-documents.ts'
import { startGreeter, startNotifier } from './stand-in-protocols.ts'

const mcpServer = fileURLToPath(new URL('mcp-server.fixture.mjs', import.meta.url))

export interface StandIn {
  url: string
  /** What was asked, for instance `GET petstore.swagger.io/v2/pet/1`. */
  asked(): string[]
  /** A document with the addresses of its services replaced. Event sources, which are names only, stay. */
  localized(text: string): string
  close(): Promise<void>
}

interface Request extends Asked { path: string, query: URLSearchParams, base: string, notifier: string }
type Service = (request: Request, response: ServerResponse) => void

const OK: Service = (request, response) => { json(response, 200, { taken: request.body === '' ? null : JSON.parse(request.body) }) }

/** By host; a host's handler gets the path behind it. */
const services: Record<string, Service> = {
  'petstore.swagger.io': petstore,
  'httpbin.org': (request, response) => {
    const [, user, password] = /^\/basic-auth\/([^/]+)\/([^/]+)$/.exec(request.path) ?? []
    const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    json(response, request.headers.authorization === wanted ? 200 : 401, { authenticated: request.headers.authorization === wanted, user })
  },
  'swapi.dev': (request, response) => {
    if (request.path === '/api/people/') json(response, 200, { count: 1, results: [{ name: request.query.get('search') }] })
    else if (request.path.startsWith('/api/people/')) json(response, 200, { name: 'Luke Skywalker', homeworld: `${request.base}/swapi.dev/api/planets/1` })
    else json(response, 200, { name: 'Tatooine' })
  },
  'keycloak': (request, response) => {
    if (request.path.endsWith('/.well-known/openid-configuration')) json(response, 200, { issuer: `${request.base}/keycloak/realms/fake-authority`, token_endpoint: `${request.base}/keycloak/realms/fake-authority/auth/token` })
    else if (request.path.endsWith('/auth/token') && request.method === 'POST') json(response, 200, { access_token: 'a-token-of-the-stand-in', token_type: 'Bearer', expires_in: 300 })
    else json(response, 404, {})
  },
  'myorg.io': (request, response) => { if (request.path.endsWith('.json')) json(response, 200, ordersDocument(request.base)); else OK(request, response) },
  'raw.githubusercontent.com': (_request, response) => { response.writeHead(200, { 'content-type': 'application/yaml' }).end(logFunction) },
  'fake.com': (request, response) => { if (request.method === 'POST') OK(request, response); else json(response, 200, request.path === '/docs/asyncapi.json' ? asyncApiDocument(new URL(request.base).host, request.notifier) : { sample: true }) },
  'app': (_request, response) => { response.writeHead(200, { 'content-type': 'text/plain' }).end(greetProto) },
  'fake-hospital.com': OK, 'hospital.example.com': OK, 'example.com': OK, 'superbet-casinos.com': OK, 'fake-chat-api.com': OK, 'virtual-wf-powered-race.com': OK,
}

export async function startStandIn(): Promise<StandIn> {
  const upstream: Upstream = await startUpstream()
  const notifier = await startNotifier()
  const greeter = await startGreeter()
  upstream.answer((asked, response) => {
    const url = new URL(asked.url, upstream.url)
    const [, host = '', path = ''] = /^\/([^/]+)(\/.*)?$/.exec(decodeURI(url.pathname)) ?? []
    const service = services[host]
    if (service === undefined) json(response, 404, { unknown: host })
    else service({ ...asked, path, query: url.searchParams, base: upstream.url, notifier: notifier.host }, response)
  })
  const hosts = Object.keys(services).map((host) => host.replaceAll('.', '\\.')).join('|')
  return {
    url: upstream.url,
    asked: () => upstream.asked.map(({ method, url }) => `${method} ${decodeURI(url).slice(1)}`),
    localized: (text) => text.replace('port: 5011', `port: ${greeter.port}`).replace('host: localhost', 'host: 127.0.0.1')
      .replace('command: npx', `command: ${process.execPath}`).replace('slack-mcp-serverr@latest, --transport, stdio', mcpServer).replaceAll(new RegExp(`(?<!source: )(?:https?|file)://(${hosts})(?=[/"\\s])`, 'g'), `${upstream.url}/$1`),
    async close() {
      greeter.close()
      await notifier.close()
      await upstream.close()
    },
  }
}

function petstore(request: Request, response: ServerResponse): void {
  const [, id] = /^\/v2\/pet\/(\d+)$/.exec(request.path) ?? []
  if (request.path === '/v2/swagger.json') json(response, 200, petstoreDocument(new URL(request.base).host))
  else if (request.path === '/v2/pet/findByStatus') json(response, 200, [{ id: 7, name: 'Rex', status: request.query.get('status') }])
  else if (id === undefined) json(response, 404, { code: 404, message: 'Pet not found' })
  else json(response, 200, { id: Number(id), name: 'Rex', status: 'available', ...request.method === 'PUT' && JSON.parse(request.body) as object })
}
