/** A hub with a shop to connect, for the tests of the command line. `useScene()` gives a file its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { openHub, type TestHub } from '../../test/hub.ts'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'
import type { Integration } from '../client/types.ts'
import { runCommand, type Ran, type ShellOptions } from './shell.fixture.ts'

export interface Scene {
  hub: TestHub
  shop: Upstream
  /** Has `shop.json`, the shop's document. */
  folder: string
  /** Runs the command as the owner. */
  run(words: string[], options?: ShellOptions): Promise<Ran>
  /** The same with `--json`, of a command that must succeed. */
  answerOf<Answer>(words: string[], options?: ShellOptions): Promise<Answer>
  /** The shop connected under a name of its own, of the connector `book-shop`. */
  connected(name?: string): Promise<Integration>
}

interface OpenScene extends Scene {
  /** The shop answers as it did at the beginning, and has forgotten what it was asked. */
  reset(): void
  close(): Promise<void>
}

/** One for all tests of a file, reset before each. `hub`, `shop` and `folder` are there once the tests run. */
export function useScene(): Scene {
  let open: OpenScene
  beforeAll(async () => { open = await openScene() })
  beforeEach(() => { open.reset() })
  afterAll(() => open.close())
  return {
    get hub() { return open.hub }, get shop() { return open.shop }, get folder() { return open.folder },
    run: (...given) => open.run(...given), answerOf: (...given) => open.answerOf(...given), connected: (...given) => open.connected(...given),
  }
}

async function openScene(): Promise<OpenScene> {
  const { hub, close } = await openHub()
  const shop = await startUpstream()
  const folder = await mkdtemp(join(tmpdir(), 'interchange cli '))
  const document = join(folder, 'shop.json')
  await writeFile(document, JSON.stringify(documentOf(shop.url)))
  const run: Scene['run'] = (words, options = {}) => runCommand(words, { ...options, env: { INTERCHANGE_URL: hub.url, INTERCHANGE_API_KEY: hub.key, ...options.env } })
  const answerOf: Scene['answerOf'] = async (words, options) => {
    const { code, stdout, stderr } = await run([...words, '--json'], options)
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout) as never
  }
  let [made, imported] = [0, false]
  return {
    hub, shop, folder, run, answerOf,
    async connected(name = `Shop ${made++}`) {
      const source = imported ? ['book-shop'] : [document, '--id', 'book-shop']
      imported = true
      return answerOf<Integration>(['connect', ...source, '--name', name, '--no-test', '-c', 'shopKey=shop-key-4711'])
    },
    reset() {
      shop.asked.length = 0
      shop.answer((request, response) => {
        if (request.url === '/openapi.json') return json(response, 200, documentOf(shop.url))
        if (request.url === '/file') return void response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF a file')
        return json(response, 200, { asked: `${request.method} ${request.url}`, key: request.headers['x-api-key'], body: request.body === '' ? null : JSON.parse(request.body) as unknown })
      })
    },
    async close() {
      await close()
      await shop.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export const documentOf = (url: string): { paths: Record<string, unknown>, [member: string]: unknown } => ({
  openapi: '3.1.0', info: { title: 'Book Shop', version: '1' }, servers: [{ url }],
  components: { securitySchemes: { shopKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } } }, security: [{ shopKey: [] }],
  paths: {
    '/books/{id}': { get: { operationId: 'getBook', summary: 'Get a book.', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }], responses: { 200: { description: 'ok' } } } },
    '/books': { post: { operationId: 'addBook', requestBody: { content: { 'application/json': { schema: { type: 'object', properties: { title: { type: 'string' }, price: { type: 'number' } } } } } }, responses: { 200: { description: 'ok' } } } },
    '/file': { get: { operationId: 'download', responses: { 200: { description: 'ok', content: { 'application/pdf': {} } } } } },
  },
})
