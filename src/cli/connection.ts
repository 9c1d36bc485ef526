/** The hub that a command talks to, and what it calls by name there. */
import type { Command } from 'commander'
import { createClient, type Client } from '../client/client.ts'
import type { Agent, Integration, Webhook, WebhookSource } from '../client/types.ts'
import { Advised, UsageError } from './failure.ts'
import type { Surroundings } from './surroundings.ts'

export const DEFAULT_URL = 'http://127.0.0.1:8080'

export function connect(surroundings: Surroundings, command: Command): Client {
  return createClient({ ...placeOf(surroundings, command), fetch: fetchFromHub })
}

export interface Place { baseUrl: string, apiKey?: string }

/** From the options `--url` and `--key`, else from the environment. */
export function placeOf({ env }: Surroundings, command: Command): Place {
  const { url, key } = command.optsWithGlobals<{ url?: string, key?: string }>()
  return checkedPlace({ url: url ?? env['INTERCHANGE_URL'], key: key ?? env['INTERCHANGE_API_KEY'] })
}

export function clientFor(given: { url: string | undefined, key: string | undefined }): Client {
  return createClient({ ...checkedPlace(given), fetch: fetchFromHub })
}

function checkedPlace({ url, key }: { url: string | undefined, key: string | undefined }): Place {
  const baseUrl = url?.trim() || DEFAULT_URL
  if (!/^https?:\/\/[^/]/i.test(baseUrl) || !URL.canParse(baseUrl)) throw new UsageError(`${baseUrl} is no address of a hub: it takes a URL such as ${DEFAULT_URL}.`)
  const apiKey = key?.trim()
  if (apiKey && !/^[\x21-\x7e]+$/.test(apiKey)) throw new UsageError('The API key has spaces or other characters in it that a key cannot have.')
  return { baseUrl, ...apiKey && { apiKey } }
}

/** Every answer of a hub's API is JSON or has a type of its own; a page of HTML comes from something else. */
const fetchFromHub: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (response.ok && /^text\/html\b/i.test(response.headers.get('content-type') ?? '')) throw new Error('What answers there is no hub.')
  return response
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** What commands take by its id or by its name. */
interface Kind<Each> {
  one: string
  several: string
  /** The command that lists them. */
  listedBy: string
  get(id: string): Promise<Each>
  /** Those in which the text stands somewhere. */
  search(text: string): AsyncIterable<Each>
  /** What tells one from another of the same name. */
  mark(each: Each): string
}

/** One by its id, or by a name that is one's alone; upper and lower case count only between several. */
async function findOne<Each extends { id: string, name: string }>(idOrName: string, { one, several, listedBy, get, search, mark }: Kind<Each>): Promise<Each> {
  if (uuid.test(idOrName)) return get(idOrName)
  const named: Each[] = []
  for await (const each of search(idOrName.slice(0, 200))) {
    if (each.name.toLowerCase() === idOrName.toLowerCase()) named.push(each)
  }
  const exact = named.filter(({ name }) => name === idOrName)
  const [found, ...more] = exact.length > 0 ? exact : named
  if (found === undefined) throw new Advised(new Error(`There is no ${one} called ${idOrName}.`), `\`${listedBy}\` lists them.`)
  if (more.length === 0) return found
  const ids = [found, ...more].map((each) => `${each.id}  ${each.name} (${mark(each)})`)
  throw new Advised(new Error(`${ids.length} ${several} are called ${idOrName}.`), `Name one by its id:\n${ids.join('\n')}`)
}

export function findIntegration(client: Client, idOrName: string): Promise<Integration> {
  return findOne(idOrName, {
    one: 'integration', several: 'integrations', listedBy: 'interchange integrations', mark: ({ connector }) => connector,
    get: (id) => client.get('/api/v1/integrations/{id}', { path: { id } }),
    search: (q) => client.all('/api/v1/integrations', { query: { q, limit: 500 } }),
  })
}

export function findWebhook(client: Client, idOrName: string): Promise<Webhook> {
  return findOne(idOrName, {
    one: 'webhook', several: 'webhooks', listedBy: 'interchange webhooks', mark: ({ url }) => url,
    get: (id) => client.get('/api/v1/webhooks/{id}', { path: { id } }),
    search: (q) => client.all('/api/v1/webhooks', { query: { q, limit: 500 } }),
  })
}

export function findSource(client: Client, idOrName: string): Promise<WebhookSource> {
  return findOne(idOrName, {
    one: 'webhook source', several: 'webhook sources', listedBy: 'interchange webhooks sources', mark: ({ url }) => url,
    get: (id) => client.get('/api/v1/webhook-sources/{id}', { path: { id } }),
    search: (q) => client.all('/api/v1/webhook-sources', { query: { q, limit: 500 } }),
  })
}

export function findAgent(client: Client, idOrName: string): Promise<Agent> {
  return findOne(idOrName, {
    one: 'agent', several: 'agents', listedBy: 'interchange agents', mark: ({ flow }) => flow,
    get: (id) => client.get('/api/v1/agents/{id}', { path: { id } }),
    search: (q) => client.all('/api/v1/agents', { query: { q, limit: 500 } }),
  })
}
