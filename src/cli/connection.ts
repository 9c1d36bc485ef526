/** The hub that a command talks to, from its global options. */
import type { Command } from 'commander'
import { createClient, type Client } from '../client/client.ts'

export function connect(command: Command): Client {
  const { url, key } = command.optsWithGlobals<{ url: string, key?: string }>()
  return createClient({ baseUrl: url, ...key !== undefined && { apiKey: key } })
}

/** An integration by id or by its name, which must be one integration's alone. */
export async function findIntegrationId(client: Client, idOrName: string): Promise<string> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(idOrName)) return idOrName
  const { data } = await client.get('/api/v1/integrations', { query: { q: idOrName, limit: 500 } })
  const named = data.filter(({ name }) => name === idOrName)
  if (named.length === 1) return named[0]!.id
  if (named.length > 1) throw new Error(`${named.length} integrations are called ${idOrName}: use the id of one (${named.map(({ id }) => id).join(', ')}).`)
  throw new Error(`There is no integration called ${idOrName}. \`interchange integrations\` lists them.`)
}
