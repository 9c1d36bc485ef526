/** Talks to MCP servers with the official SDK: over streamable HTTP through the hub's own client, or with a child process. */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { HubError, isHubError } from '../../errors.ts'
import { createFetch } from '../../lib/http/fetch.ts'
import type { HttpClient } from '../../lib/http/http.ts'
import { createStdioTransport, type StdioServer } from './stdio.ts'

export interface McpServer {
  http?: { url: string, headers: Record<string, string> }
  stdio?: StdioServer
}

export interface McpRequest {
  server: McpServer
  client: { name: string, version: string }
  /** What the hub says it speaks; the server may answer with another that the SDK knows. */
  protocolVersion: string
  method: string
  params: Record<string, unknown>
  timeoutMs: number
  signal: AbortSignal
}

/** The server answered with a JSON-RPC error. */
export class McpFailure extends Error {
  override readonly name = 'McpFailure'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export interface Mcp {
  /** The result of one request, with a session of its own. Throws McpFailure for the server's own errors, HubError for those of the way there. */
  request(request: McpRequest): Promise<unknown>
}

const MAX_BYTES = 16 * 1024 * 1024
const CLOSING_MS = 2000

export function createMcp({ http }: { http: HttpClient }): Mcp {
  return {
    async request({ server, client: about, protocolVersion, method, params, timeoutMs, signal }) {
      signal.throwIfAborted()
      const [{ Client }, { ResultSchema, SUPPORTED_PROTOCOL_VERSIONS }] = await Promise.all([import('@modelcontextprotocol/sdk/client/index.js'), import('@modelcontextprotocol/sdk/types.js')])
      if (!SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion)) throw new HubError('invalid_input', `The version ${protocolVersion.slice(0, 50)} of MCP is not supported: ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')} are.`, { beforeSending: true })
      const transport = await transportFor(http, server, timeoutMs)
      const client = new Client(about, { capabilities: {} })
      const options = { signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs }
      try {
        await client.connect(speaking(transport, protocolVersion), options)
        return await client.request({ method, params }, ResultSchema, options)
      } catch (error) {
        throw await failureOf(error, server, signal)
      } finally {
        await endSession(client, transport)
      }
    },
  }
}

async function transportFor(http: HttpClient, { http: remote, stdio }: McpServer, timeoutMs: number): Promise<Transport> {
  if (stdio !== undefined) return createStdioTransport(stdio)
  if (remote === undefined) throw new HubError('invalid_input', 'An MCP server is reached by http or stdio.', { beforeSending: true })
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
  return new StreamableHTTPClientTransport(new URL(remote.url), { fetch: createFetch(http, { timeoutMs, maxBytes: MAX_BYTES }), requestInit: { headers: remote.headers } }) as Transport
}

/** The SDK offers its newest version only; the caller may want an older one. */
function speaking(transport: Transport, protocolVersion: string): Transport {
  const send = transport.send.bind(transport)
  transport.send = (message, options) => {
    const { method, params } = message as { method?: string, params?: Record<string, unknown> }
    return send(method === 'initialize' ? { ...message, params: { ...params, protocolVersion } } as typeof message : message, options)
  }
  return transport
}

/** Servers keep sessions; one that doesn't answer to its end must not hold up the caller. */
async function endSession(client: { close(): Promise<void> }, transport: Transport): Promise<void> {
  const { terminateSession } = transport as { terminateSession?: () => Promise<void> }
  const ended = Promise.resolve(terminateSession?.call(transport)).catch(() => undefined)
  await Promise.race([ended, new Promise((resolve) => { setTimeout(resolve, CLOSING_MS).unref() })])
  await client.close().catch(() => undefined)
}

async function failureOf(error: unknown, { http, stdio }: McpServer, signal: AbortSignal): Promise<Error> {
  const { ErrorCode, McpError } = await import('@modelcontextprotocol/sdk/types.js')
  const where = http === undefined ? stdio?.command ?? 'The server' : new URL(http.url).host
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new HubError('upstream_timeout', `${where} was given up.`)
  if (isHubError(error)) return error
  if (error instanceof McpError) {
    if (error.code === Number(ErrorCode.RequestTimeout)) return new HubError('upstream_timeout', `${where} did not answer in time.`, { cause: error })
    if (error.code === Number(ErrorCode.ConnectionClosed)) return new HubError('upstream_unavailable', `${where} ended the connection.`, { cause: error })
    return new McpFailure(error.code, `${where} answered: ${error.message.slice(0, 500)}`)
  }
  const { code: status } = error as { code?: unknown }
  if (typeof status !== 'number' || status < 300) return new HubError('upstream_invalid_response', `${where} did not answer as an MCP server does.`, { cause: error })
  return new HubError(status >= 500 ? 'upstream_unavailable' : 'upstream_rejected', `${where} answered ${status}.`, { cause: error, upstreamStatus: status })
}
