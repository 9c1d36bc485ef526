/** One conversation's step with an MCP client. Loaded with the first request: the SDK takes time and memory that a hub without agents does not spend. */
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import {
  CallToolRequestSchema, ErrorCode, ListResourcesRequestSchema, ListResourceTemplatesRequestSchema, ListToolsRequestSchema, McpError, ReadResourceRequestSchema,
  type CallToolResult, type Tool as McpTool,
} from '@modelcontextprotocol/sdk/types.js'
import { HubError, isHubError } from '../../errors.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { DescribedTool, ToolHints } from '../tools/tool.ts'
import type { Tools } from '../tools/tools.ts'
import { CANCELLED } from './calls.ts'
import { contentOf, failureOf, readUri, uriOf } from './content.ts'

export interface ServerDeps {
  tools: Tools
  version: string
  /** Something that is no HubError: for the log, since the client is told nothing of it. */
  onFault(error: unknown): void
}

export interface Step {
  caller: Caller
  /** Of the hub, which is about to end. */
  ending: AbortSignal
}

const instructions = 'Interchange runs operations of connected services and flows over them. What is not in the list of tools is found with search_tools, looked at with describe_tool and called with call_tool; trigger_integration_flow starts a flow by its name. Failures say in `whatToDo` what to do about them.'

export function createServer(deps: ServerDeps, { caller, ending }: Step): Server {
  const server = new Server({ name: 'interchange', title: 'Interchange', version: deps.version }, {
    capabilities: { tools: { listChanged: true }, resources: {} }, instructions, jsonSchemaValidator: noValidator,
  })
  const { tools } = deps
  server.setRequestHandler(ListToolsRequestSchema, () => answering(deps, async () => ({ tools: (await tools.short(caller)).map(toMcp) })))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, sendNotification }) => {
    const { progressToken } = params._meta ?? {}
    let told = 0
    const progress = (message: string): void => {
      // A client that is gone is none to be told.
      sendNotification({ method: 'notifications/progress', params: { progressToken: progressToken!, progress: ++told, message } }).catch(() => undefined)
    }
    return call(deps, { caller, params, signal: AbortSignal.any([signal, ending]), progress: progressToken === undefined ? undefined : progress })
  })
  server.setRequestHandler(ListResourcesRequestSchema, () => answering(deps, async () => ({
    resources: (await tools.made(caller)).map(({ kind, id, at, tool }) => ({ uri: uriOf(kind, id), name: `${kind} ${id}`, description: `What ${tool} made at ${at.toISOString()}.`, mimeType: 'application/json' })),
  })))
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: [
    { uriTemplate: 'interchange://executions/{id}', name: 'execution', description: 'The record of an operation that was run.', mimeType: 'application/json' },
    { uriTemplate: 'interchange://runs/{id}', name: 'run', description: 'A run of a flow with its tasks.', mimeType: 'application/json' },
  ] }))
  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => answering(deps, async () => {
    const wanted = readUri(uri)
    if (wanted === undefined) throw new HubError('not_found', 'Resources are interchange://executions/{id} and interchange://runs/{id}.')
    return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(await tools.read(caller, wanted.kind, wanted.id)) }] }
  }))
  return server
}

/** A server of ours asks its client nothing that would be validated; the SDK's own would be made anew with each request. */
const noValidator = { getValidator: () => (input: unknown) => ({ valid: true as const, data: input as never, errorMessage: undefined }) }

/** How often a client hears that a long call goes on. */
const BEAT_MS = 5000
/** Of a flow's run, unless the call says otherwise: within what clients wait for an answer. */
const WAIT_MS = 30_000

interface Asked { caller: Caller, params: { name: string, arguments?: Record<string, unknown> | undefined, _meta?: Record<string, unknown> | undefined }, signal: AbortSignal, progress: ((message: string) => void) | undefined }

async function call(deps: ServerDeps, { caller, params, signal, progress }: Asked): Promise<CallToolResult> {
  const began = Date.now()
  const beat = progress && setInterval(() => { progress(`${Math.round((Date.now() - began) / 1000)} s`) }, BEAT_MS)
  try {
    return contentOf(await deps.tools.call(caller, {
      name: params.name, arguments: params.arguments ?? {}, dryRun: params._meta?.['interchange/dryRun'] === true, waitMs: WAIT_MS, sourceComponent: 'mcp', signal, progress,
      endsRun: () => signal.reason === CANCELLED && params._meta?.['interchange/keepRunning'] !== true,
    }))
  } catch (error) {
    return failureOf(hubErrorOf(deps, error))
  } finally {
    clearInterval(beat)
  }
}

/** The SDK would tell the message of whatever is thrown. */
async function answering<Result>(deps: ServerDeps, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const { code, message } = hubErrorOf(deps, error)
    throw new McpError(code === 'not_found' ? RESOURCE_NOT_FOUND : ErrorCode.InternalError, message, { code })
  }
}

const RESOURCE_NOT_FOUND = -32_002

function hubErrorOf({ onFault }: ServerDeps, error: unknown): HubError {
  if (isHubError(error)) return error
  onFault(error)
  return new HubError('internal', 'The hub failed while handling the request. Its log has the reason.')
}

function toMcp({ name, title, description, inputSchema, hints }: DescribedTool): McpTool {
  return { name, title, description, inputSchema: inputSchema as McpTool['inputSchema'], annotations: annotationsOf(hints) }
}

function annotationsOf({ readOnly, destructive, idempotent }: ToolHints): McpTool['annotations'] {
  return {
    ...readOnly !== undefined && { readOnlyHint: readOnly }, ...destructive !== undefined && { destructiveHint: destructive }, ...idempotent !== undefined && { idempotentHint: idempotent },
  }
}

export interface Exchange { server: Server, status: number, headers: Record<string, string>, body: Readable | undefined }

/** Hands one HTTP request to a server of its own. `sessionId`: for a client that begins. */
export async function exchange(server: Server, request: Request, { body, sessionId }: { body: unknown, sessionId: string | undefined }): Promise<Exchange> {
  const transport = new WebStandardStreamableHTTPServerTransport({ ...sessionId !== undefined && { sessionIdGenerator: () => sessionId } })
  await server.connect(transport)
  const response = await transport.handleRequest(request, body === undefined ? {} : { parsedBody: body })
  return {
    server, status: response.status, headers: Object.fromEntries([...response.headers].filter(([name]) => name !== 'connection')),
    body: response.body === null ? undefined : Readable.fromWeb(response.body as ReadableStream),
  }
}
