// The Slack server of the example, as far as the example calls it.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { z } from 'zod'

const server = new McpServer({ name: 'stand-in', version: '1.0.0' })
server.registerTool('conversations_add_message', { inputSchema: { channel_id: z.string(), payload: z.string(), thread_ts: z.string(), content_type: z.string() } },
  ({ channel_id: channel }) => ({ content: [{ type: 'text', text: `posted to ${channel}` }] }))
await server.connect(new StdioServerTransport())
