/** Names for completion, from the hub. */
import type { Client } from '../../client/client.ts'
import type { Names } from './complete.ts'

/** Few enough to be read, and quick to fetch. */
const MOST = 200

/** Nothing but the names comes back; no failure is told of, and after `signal` nothing is waited for. */
export function namesFrom(client: Client, signal: AbortSignal): Names {
  const limit = MOST
  const some = (names: Promise<string[]>): Promise<string[]> => names.catch(() => [])
  const integrations = async (q: string): Promise<{ name: string, connector: string }[]> => (await client.get('/api/v1/integrations', { query: { limit, ...q !== '' && { q } }, signal })).data
  const operations = async (q: string, id: string): Promise<string[]> => {
    const { data } = await client.get('/api/v1/connectors/{id}/operations', { path: { id }, query: { limit, ...q !== '' && { q } }, signal })
    return data.map((operation) => operation.id)
  }
  return {
    integration: (typed) => some(integrations(typed).then((found) => found.map(({ name }) => name))),
    connector: (typed) => some(client.get('/api/v1/connectors', { query: { limit, ...typed !== '' && { q: typed } }, signal }).then(({ data }) => data.map(({ id }) => id))),
    credential: () => some(client.get('/api/v1/credentials', { query: { limit }, signal }).then(({ data }) => data.map(({ id }) => id))),
    agent: (typed) => some(client.get('/api/v1/agents', { query: { limit, ...typed !== '' && { q: typed } }, signal }).then(({ data }) => data.map(({ name }) => name))),
    flow: (typed) => some(client.get('/api/v1/flows', { query: { limit, ...typed !== '' && { q: typed } }, signal }).then(({ data }) => data.map(({ flowId }) => flowId))),
    webhook: (typed) => some(client.get('/api/v1/webhooks', { query: { limit, ...typed !== '' && { q: typed } }, signal }).then(({ data }) => data.map(({ name }) => name))),
    'webhook-source': (typed) => some(client.get('/api/v1/webhook-sources', { query: { limit, ...typed !== '' && { q: typed } }, signal }).then(({ data }) => data.map(({ name }) => name))),
    operation: (typed, { integration, connector }) => some((async () => {
      const id = connector ?? (await integrations(integration ?? '')).find(({ name }) => name === integration)?.connector
      return id === undefined ? [] : operations(typed, id)
    })()),
  }
}

/** Where no hub can be named. */
export const noNames: Names = { integration: async () => [], connector: async () => [], credential: async () => [], agent: async () => [], flow: async () => [], webhook: async () => [], 'webhook-source': async () => [], operation: async () => [] }
