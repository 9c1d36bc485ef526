/** The hub as an MCP server for clients on this machine, which start a program and speak with it over standard input and output. */
import { createInterface } from 'node:readline'
import type { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Command } from 'commander'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { placeOf } from '../connection.ts'
import type { Surroundings } from '../surroundings.ts'

export function addMcp(program: Command, surroundings: Surroundings): void {
  program.command('mcp')
    .description('serve the hub\'s tools to an MCP client over standard input and output')
    .addHelpText('after', `
For clients that start a program: they run it themselves. Those that speak HTTP go to <hub>/mcp.

Example, as such clients are told of it:
  { "command": "interchange", "args": ["mcp"], "env": { "INTERCHANGE_URL": "…", "INTERCHANGE_API_KEY": "…" } }`)
    .action((_options, command: Command) => bridge(surroundings, command))
}

/** Passes messages on as they are: what they mean is between the client and the hub. Ends with standard input. */
async function bridge(surroundings: Surroundings, command: Command): Promise<void> {
  const { baseUrl, apiKey } = placeOf(surroundings, command)
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
  const hub = new StreamableHTTPClientTransport(new URL(`${baseUrl.replace(/\/+$/, '')}/mcp`), { requestInit: { headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` } } })
  const write = (message: JSONRPCMessage): void => { surroundings.stdout.write(`${JSON.stringify(message)}\n`) }
  const ending = new AbortController()
  Object.assign(hub, {
    onmessage(message: JSONRPCMessage) {
      const version = versionIn(message)
      if (version !== undefined) hub.setProtocolVersion(version)
      write(message)
    },
    onerror(error: Error) { if (!ending.signal.aborted) surroundings.stderr.write(`${error.message}\n`) },
  })
  await hub.start()
  const sending = new Set<Promise<void>>()
  const signal = surroundings.interrupted()
  const lines = createInterface({ input: surroundings.stdin, signal })
  for await (const line of lines) {
    if (line.trim() === '') continue
    const sent = pass(hub, line, write).finally(() => { sending.delete(sent) })
    sending.add(sent)
  }
  // A client that has closed its end may still read.
  await Promise.all(sending)
  ending.abort()
  await hub.terminateSession().catch(() => undefined)
  await hub.close()
}

async function pass(hub: StreamableHTTPClientTransport, line: string, write: (message: JSONRPCMessage) => void): Promise<void> {
  let message: JSONRPCMessage
  try {
    message = JSON.parse(line) as JSONRPCMessage
  } catch {
    write({ jsonrpc: '2.0', id: null as unknown as string, error: { code: -32_700, message: 'This line is no JSON.' } })
    return
  }
  try {
    await hub.send(message)
  } catch (error) {
    // Whoever asked waits for an answer.
    if ('id' in message && 'method' in message) write({ jsonrpc: '2.0', id: message.id, error: { code: -32_000, message: `The hub did not take it: ${error instanceof Error ? error.message : String(error)}` } })
  }
}

/** Of the answer that begins a conversation. */
function versionIn(message: JSONRPCMessage): string | undefined {
  const { protocolVersion } = ('result' in message ? message.result : {}) as { protocolVersion?: unknown }
  return typeof protocolVersion === 'string' ? protocolVersion : undefined
}
