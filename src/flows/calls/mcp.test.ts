/** Against the MCP project's own reference server. */
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closedPort } from '../../lib/http/test-upstream.ts'
import { json, startUpstream } from '../../../test/upstream.ts'
import { openCalls, type CallsFixture } from './calls.fixture.ts'

const server = fileURLToPath(new URL('../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url))

let fixture: CallsFixture
let child: ChildProcess
let url: string
beforeAll(async () => {
  fixture = openCalls({ allow: { stdioCommands: [process.execPath, 'no-such-command'] } })
  const port = await closedPort()
  url = `http://127.0.0.1:${port}/mcp`
  child = spawn(process.execPath, [server, 'streamableHttp'], { env: { ...process.env, PORT: String(port) }, stdio: 'ignore' })
  while (!await fetch(url).then(() => true, () => false)) await new Promise((resolve) => { setTimeout(resolve, 50) })
})
afterAll(async () => {
  child.kill('SIGKILL')
  await fixture[Symbol.asyncDispose]()
})

const transports: Record<string, () => object> = {
  'streamable HTTP': () => ({ http: { endpoint: url } }),
  'a child process': () => ({ stdio: { command: process.execPath, arguments: [server, 'stdio'], environment: { FOO: 'bar of the flow' } } }),
}

describe.each(Object.entries(transports))('over %s', (_title, transport) => {
  const ask = (method: string, parameters?: object, more: object = {}): Promise<any> => fixture.run('mcp', { method, ...parameters !== undefined && { parameters }, transport: transport(), ...more }) // eslint-disable-line typescript/no-explicit-any

  test('tools are listed and called', async () => {
    const { tools } = await ask('tools/list')
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['echo', 'get-sum']))
    expect(await ask('tools/call', { name: 'get-sum', arguments: { a: 2, b: 3 } })).toMatchObject({ content: [{ type: 'text', text: expect.stringContaining('5') }] })
  })

  test('prompts and resources are listed and read', async () => {
    const { prompts } = await ask('prompts/list')
    expect(await ask('prompts/get', { name: prompts[0].name })).toMatchObject({ messages: expect.any(Array) })
    const { resources } = await ask('resources/list')
    expect(await ask('resources/read', { uri: resources[0].uri })).toMatchObject({ contents: expect.any(Array) })
    expect(await ask('resources/templates/list')).toMatchObject({ resourceTemplates: expect.any(Array) })
  })

  test("the server's refusal is a runtime fault", async () => {
    expect(await fixture.faultOf('mcp', { method: 'prompts/get', parameters: { name: 'nothing' }, transport: transport() })).toMatchObject({ type: expect.stringMatching(/runtime$/), detail: expect.stringContaining('nothing') })
  })

  test('an older version of the protocol may be asked for; one that nobody knows is refused', async () => {
    expect(await ask('tools/list', {}, { protocolVersion: '2025-03-26' })).toHaveProperty('tools')
    expect((await fixture.faultOf('mcp', { method: 'tools/list', protocolVersion: '1999-01-01', transport: transport() })).type).toMatch(/validation$/)
  })

  test('its own timeout ends a call', async () => {
    expect(await fixture.faultOf('mcp', { method: 'tools/call', parameters: { name: 'trigger-long-running-operation', arguments: { duration: 60, steps: 2 } }, timeout: { milliseconds: 1500 }, transport: transport() })).toMatchObject({ type: expect.stringMatching(/timeout$/) })
  })
})

describe('a child process', () => {
  test("has the flow's environment, and nothing of the hub's but where programs are", async () => {
    process.env['CANARY_OF_THE_HUB'] = 'canary'
    try {
      const answer = await fixture.run('mcp', { method: 'tools/call', parameters: { name: 'get-env', arguments: {} }, transport: transports['a child process']!() })
      expect(JSON.stringify(answer)).toContain('bar of the flow')
      expect(JSON.stringify(answer)).not.toContain('CANARY')
    } finally {
      delete process.env['CANARY_OF_THE_HUB']
    }
  })

  test('that is not there, or no MCP server, is a fault', async () => {
    expect((await fixture.faultOf('mcp', { method: 'tools/list', transport: { stdio: { command: 'no-such-command' } } })).detail).toContain('cannot be started')
    expect(await fixture.faultOf('mcp', { method: 'tools/list', transport: { stdio: { command: process.execPath, arguments: ['-e', 'process.exit(0)'] } } })).toMatchObject({ type: expect.stringMatching(/communication$/) })
    expect(await fixture.faultOf('mcp', { method: 'tools/list', timeout: 'PT0.5S', transport: { stdio: { command: process.execPath, arguments: ['-e', 'console.log("hello"); setInterval(() => {}, 1000)'] } } })).toMatchObject({ type: expect.stringMatching(/timeout$|communication$/) })
  })

  test('is allowed by its command alone, not by what a flow makes of it', async () => {
    for (const command of ['/bin/sh', `${process.execPath} --eval`, 'sh']) expect((await fixture.faultOf('mcp', { method: 'tools/list', transport: { stdio: { command } } })).detail).toContain('INTERCHANGE_ALLOW_COMMANDS')
  })
})

describe('over HTTP', () => {
  test('headers and the credential go along, and do not follow a redirect', async () => {
    const [upstream, other] = [await startUpstream(), await startUpstream()]
    try {
      upstream.answer((_request, response) => { response.writeHead(307, { location: `${other.url}/mcp` }).end() })
      const transport = { http: { endpoint: { uri: `${upstream.url}/mcp`, authentication: { bearer: { token: 'token-of-the-task' } } }, headers: { 'X-More': 'yes' } } }
      expect((await fixture.faultOf('mcp', { method: 'tools/list', transport })).type).toMatch(/communication$/)
      expect(upstream.asked[0]?.headers).toMatchObject({ 'authorization': 'Bearer token-of-the-task', 'x-more': 'yes' })
      expect(other.asked).toEqual([])
      upstream.answer((_request, response) => { json(response, 401, {}) })
      expect(await fixture.faultOf('mcp', { method: 'tools/list', transport })).toMatchObject({ type: expect.stringMatching(/communication$/), status: 401 })
      upstream.answer((_request, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<p>') })
      expect((await fixture.faultOf('mcp', { method: 'tools/list', transport })).type).toMatch(/communication$/)
    } finally {
      await upstream.close()
      await other.close()
    }
  })
})
