/** A service with operations of every kind, and MCP clients that reach it through the hub. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { addConnector, addIntegration, expectStatus } from './service.ts'
import type { TestHub } from './hub.ts'

export { startAiServer, type AiServer } from '../src/connectors/ai-service/ai-server.fixture.ts'

/** An integration of the test service; its id. */
export async function addShop(hub: TestHub, url: string, { name = 'Shop', id = 'shop', key, ...more }: { name?: string, id?: string, key?: string, usage?: object } = {}): Promise<string> {
  const connector = (await hub.call('GET', `/api/v1/connectors/${id}`, undefined, { ...key !== undefined && { key } })).status === 200 ? id : await addConnector(hub.call, url, { id, ...key !== undefined && { key } })
  return addIntegration(hub.call, { name, connector, ...more }, { ...key !== undefined && { key } })
}

/** A document with so many operations, each with parameters of its own. */
export function largeDocument(url: string, operations: number): Record<string, unknown> {
  return {
    openapi: '3.1.0', info: { title: 'Large', version: '1' }, servers: [{ url }],
    paths: Object.fromEntries(Array.from({ length: operations }, (_, n) => [`/things/${n}`, {
      get: { operationId: `getThing${n}`, summary: n === 1234 ? 'Measure the temperature of the reactor' : `Read thing ${n}`, parameters: [{ name: 'unit', in: 'query', schema: { type: 'string' } }], responses: { 200: { description: 'Done.', content: { 'application/json': { schema: {} } } } } },
    }])),
  }
}

export interface AgentKey { id: string, key: string }

export async function addAgentKey(hub: TestHub, agent: object, { key }: { key?: string } = {}): Promise<AgentKey> {
  return expectStatus(201, await hub.call<AgentKey>('POST', '/api/v1/keys', { name: 'agent', agent }, { ...key !== undefined && { key } })).body
}

export async function connectClient(hub: TestHub, key: string, headers: Record<string, string> = {}): Promise<Client & AsyncDisposable> {
  const client = new Client({ name: 'a test', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`), { requestInit: { headers: { authorization: `Bearer ${key}`, ...headers } } }))
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}

/** What a tool answered, read; its failure where it failed. */
export function readResult(result: unknown): { isError: boolean, data: any } { // eslint-disable-line typescript/no-explicit-any
  const { content, isError = false } = result as CallToolResult
  const [first] = content
  return { isError, data: first?.type === 'text' ? JSON.parse(first.text) : undefined }
}
