/**
 * The Model Context Protocol over HTTP (https://modelcontextprotocol.io/specification, "Streamable HTTP"). Nothing is kept between requests: each has a
 * server of its own, so that any process of the hub answers any of them, and a restart ends no conversation. A session's id only tells
 * which calls a cancellation means.
 */
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { HubError } from '../../errors.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { Tools } from '../tools/tools.ts'
import { createCalls, isInitialize, type Calls, type Conversation } from './calls.ts'
import type { Exchange } from './server.ts'
import { createStreams, type OpenStream, type Streams } from './streams.ts'

export interface McpRequest {
  caller: Caller
  method: 'GET' | 'POST' | 'DELETE'
  headers: Record<string, string | string[] | undefined>
  /** Parsed. */
  body: unknown
  /** Whether the key may still follow; asked now and then while a stream is open. */
  stillAllowed(): Promise<boolean>
}

export interface McpReply { status: number, headers: Record<string, string>, body: Readable | undefined }

export interface Mcp {
  /** Throws HubError `forbidden` for a page of another origin. */
  handle(request: McpRequest): Promise<McpReply>
  /** Which tools there are may have changed; for one tenant, or for all. */
  changed(tenantId?: string): void
  /** Ends streams and waits. */
  close(): void
}

export interface McpDeps {
  tools: Tools
  version(): Promise<string>
  publicUrl(): string
  /** Origins of pages that may ask, besides the hub's own. */
  origins: readonly string[]
  onFault(error: unknown): void
}

interface State { deps: McpDeps, ending: AbortController, calls: Calls, streams: Streams }

export function createMcp(deps: McpDeps): Mcp {
  const state: State = { deps, ending: new AbortController(), calls: createCalls(), streams: createStreams() }
  const { ending, calls, streams } = state
  return {
    async handle(request) {
      checkOrigin(request.headers['origin'], deps)
      if (ending.signal.aborted) throw new HubError('shutting_down', 'The hub is stopping.', { retryAfterSeconds: 2 })
      if (request.method === 'GET') return follow(state, request)
      if (request.method === 'POST') return answer(state, request)
      calls.endAll(conversationOf(request))
      return { status: 204, headers: {}, body: undefined }
    },
    changed: (tenantId) => { streams.changed(tenantId) },
    close() {
      ending.abort()
      streams.close()
    },
  }
}

/** What a client asks or says. The answer streams, so that it can be told of progress meanwhile. */
async function answer({ deps, ending, calls }: State, request: McpRequest): Promise<McpReply> {
  const conversation = conversationOf(request)
  calls.cancelBy(conversation, request.body)
  const { server, ...reply } = await exchangeOf(deps, request, { ending: ending.signal, sessionId: isInitialize(request.body) ? randomUUID() : undefined })
  if (reply.body === undefined) {
    await server.close()
    return reply
  }
  const call = calls.begin(conversation, request.body, server)
  reply.body.once('close', () => {
    call.end()
    void server.close()
  })
  return reply
}

/** A stream for what the hub tells by itself. */
async function follow({ deps, ending, streams }: State, request: McpRequest): Promise<McpReply> {
  const { server, ...reply } = await exchangeOf(deps, request, { ending: ending.signal, sessionId: undefined })
  const { body, status } = reply
  if (body === undefined || status !== 200) {
    await server.close()
    return reply
  }
  const stream: OpenStream = {
    caller: request.caller, stillAllowed: request.stillAllowed, end: () => { void server.close() },
    changed: () => { server.sendToolListChanged().catch(() => undefined) },
  }
  try {
    streams.add(stream)
  } catch (error) {
    await server.close()
    throw error
  }
  body.once('close', () => {
    streams.remove(stream)
    void server.close()
  })
  return reply
}

async function exchangeOf(deps: McpDeps, { caller, method, headers, body }: McpRequest, { ending, sessionId }: { ending: AbortSignal, sessionId: string | undefined }): Promise<Exchange> {
  const { createServer, exchange } = await import('./server.ts')
  const server = createServer({ tools: deps.tools, version: await deps.version(), onFault: deps.onFault }, { caller, ending })
  const request = new Request(`${deps.publicUrl()}/mcp`, { method, headers: wanted(headers) })
  return exchange(server, request, { body: method === 'POST' ? body : undefined, sessionId })
}

/** What the protocol reads. The key among the others is nobody's business there. */
function wanted(headers: McpRequest['headers']): Record<string, string> {
  const names = ['accept', 'content-type', 'mcp-protocol-version', 'mcp-session-id', 'last-event-id']
  return Object.fromEntries(names.flatMap((name) => { const value = headers[name]; return typeof value === 'string' ? [[name, value]] : [] }))
}

/** A page on another site, which a name that points here now could make this machine's browser send. */
function checkOrigin(origin: string | string[] | undefined, { publicUrl, origins }: Pick<McpDeps, 'publicUrl' | 'origins'>): void {
  if (origin === undefined) return
  const own = new URL(publicUrl())
  const loopback = ['127.0.0.1', 'localhost', '[::1]']
  const allowed = loopback.includes(own.hostname) ? loopback.map((host) => `${own.protocol}//${host}${own.port === '' ? '' : `:${own.port}`}`) : [own.origin]
  if (typeof origin === 'string' && [...allowed, ...origins].includes(origin)) return
  throw new HubError('forbidden', 'Pages of this origin may not ask here: INTERCHANGE_MCP_ORIGINS names those that may.')
}

function conversationOf({ caller, headers }: McpRequest): Conversation {
  const sessionId = headers['mcp-session-id']
  return { owner: `${caller.tenantId} ${caller.actor}`, sessionId: typeof sessionId === 'string' ? sessionId : undefined }
}
