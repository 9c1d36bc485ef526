// What an AI agent does, without the model: connects as an MCP client, looks at its tools, and calls one. It uses the official client.
//   node examples/agent/call-tool.mjs [--stdio] TOOL ARGUMENTS
// With --stdio it starts `interchange mcp` and speaks with that, as Claude Desktop does; without, it goes to the hub over HTTP.
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const words = process.argv.slice(2)
const isStdio = words[0] === '--stdio'
const [name, given = '{}'] = isStdio ? words.slice(1) : words
const { INTERCHANGE_URL = 'http://127.0.0.1:8080', INTERCHANGE_API_KEY = '' } = process.env

const command = fileURLToPath(new URL('../../bin/interchange.mjs', import.meta.url))
const transport = isStdio
  ? new StdioClientTransport({ command: 'node', args: [command, 'mcp'], env: { ...process.env, INTERCHANGE_URL, INTERCHANGE_API_KEY } })
  : new StreamableHTTPClientTransport(new URL('/mcp', INTERCHANGE_URL), { requestInit: { headers: { authorization: `Bearer ${INTERCHANGE_API_KEY}` } } })

const client = new Client({ name: 'example', version: '1.0.0' })
await client.connect(transport)
const { tools } = await client.listTools()
console.log(`tools: ${tools.map((tool) => tool.name).join(', ')}`)
const { isError = false, content } = await client.callTool({ name, arguments: JSON.parse(given) })
console.log(`${name}: ${isError ? 'failed' : 'done'}\n${content.map((part) => part.text ?? part.uri).join('\n')}`)
await client.close()
process.exitCode = isError ? 1 : 0
