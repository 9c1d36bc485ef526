import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { addAgentKey, addShop, readResult } from '../../../test/agents.ts'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { startUpstream, type Upstream } from '../../../test/upstream.ts'
import { runCommand } from '../shell.fixture.ts'

const main = fileURLToPath(new URL('../../main.ts', import.meta.url))
let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  await addShop(hub, upstream.url)
})
afterAll(async () => {
  await close()
  await upstream.close()
})

async function startClient(env: Record<string, string>): Promise<Client & AsyncDisposable> {
  const client = new Client({ name: 'a test', version: '1' })
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [main, 'mcp'], env }))
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}

test('a client that starts the command reaches the tools, calls them, and hears of changes', async () => {
  const { key } = await addAgentKey(hub, { operations: ['Shop/*', 'Second/*'] })
  await using client = await startClient({ INTERCHANGE_URL: hub.url, INTERCHANGE_API_KEY: key })
  const changed = vi.fn()
  client.setNotificationHandler(ToolListChangedNotificationSchema, changed)
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('Shop__getItem')
  expect(readResult(await client.callTool({ name: 'Shop__getItem', arguments: { id: '17' } }))).toEqual({ isError: false, data: { ok: true } })
  await addShop(hub, upstream.url, { name: 'Second' })
  await vi.waitFor(() => { expect(changed).toHaveBeenCalled() }, { timeout: 20_000, interval: 20 })
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('Second__getItem')
})

test('a key that is refused, and a hub that is not there, are answered as errors to what was asked', async () => {
  const ask = `${JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } } })}\nno json\n`
  for (const env of [{ INTERCHANGE_URL: hub.url, INTERCHANGE_API_KEY: 'wrong-key-wrong-key-wrong-key' }, { INTERCHANGE_URL: 'http://127.0.0.1:1', INTERCHANGE_API_KEY: hub.key }]) {
    const { code, stdout } = await runCommand(['mcp'], { env, stdin: ask })
    const answers = stdout.trim().split('\n').map((line) => JSON.parse(line) as { id: unknown, error: { code: number } })
    expect(answers.toSorted((a, b) => a.error.code - b.error.code)).toMatchObject([{ id: null, error: { code: -32_700 } }, { id: 5, error: { code: -32_000 } }])
    expect(code).toBe(0)
  }
})
