/** How clients are told of the hub. */
import type { texts } from './texts.ts'

export type Client = keyof typeof texts.files

const json = (value: unknown): string => JSON.stringify(value, null, 2)

export function snippetOf(client: Client, { origin, key }: { origin: string, key: string }): string {
  const url = `${origin}/mcp`
  const headers = { Authorization: `Bearer ${key}` }
  switch (client) {
    case 'Claude Code': return `claude mcp add --transport http interchange ${url} --header "Authorization: Bearer ${key}"`
    case 'Claude Desktop': return json({ mcpServers: { interchange: { command: 'interchange', args: ['mcp'], env: { INTERCHANGE_URL: origin, INTERCHANGE_API_KEY: key } } } })
    case 'VS Code': return json({ servers: { interchange: { type: 'http', url, headers } } })
    case 'Cursor': return json({ mcpServers: { interchange: { url, headers } } })
    case 'Other clients': return json({ transport: 'streamable-http', url, headers })
  }
}
