import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startUpstream, type Upstream } from '../../../test/upstream.ts'
import type { FlowDefinition } from '../definition.ts'
import { openCalls, type CallsFixture } from './calls.fixture.ts'
import { rawUrl } from './functions.ts'

let fixture: CallsFixture
let catalog: Upstream
beforeAll(() => { fixture = openCalls() })
afterAll(() => fixture[Symbol.asyncDispose]())
beforeEach(async () => {
  catalog = await startUpstream()
  catalog.answer(({ url }, response) => {
    if (url.endsWith('/functions/log/1.0.0/function.yaml')) response.end('# a comment\nset:\n  message: "${ .message }"\n')
    else if (url.endsWith('/list/1.0.0/function.yaml')) response.end('- a\n')
    else if (url.endsWith('/broken/1.0.0/function.yaml')) response.end('a: [')
    else response.writeHead(404).end()
  })
})
afterEach(() => catalog.close())

/** What the task is that is performed in the function's place. */
const resolve = async (name: string, use: FlowDefinition['use'] = {}): Promise<unknown> =>
  (await fixture.run('function', { name, with: { message: 'hello' } }, { definition: { use } }) as { performed: unknown }).performed
const catalogs = (): object => ({ catalogs: { mine: { endpoint: { uri: `${catalog.url}/root`, authentication: { bearer: { token: '${ "token-of-the-catalog" }' } } } } } })

test("the definition's own functions come first", async () => {
  const task = { set: { a: 1 } }
  expect(await resolve('mine', { functions: { mine: task } })).toEqual(task)
  expect(await resolve('Bookshop/getBook', { functions: { 'Bookshop/getBook': task } })).toEqual(task)
})

test('a function of a catalog is the task that stands there', async () => {
  expect(await resolve('log:1.0.0@mine', catalogs())).toEqual({ set: { message: '${ .message }' } })
  expect(catalog.asked).toMatchObject([{ url: '/root/functions/log/1.0.0/function.yaml', headers: { authorization: 'Bearer token-of-the-catalog' } }])
})

test('a function may be named by its address', async () => {
  expect(await resolve(`${catalog.url}/functions/log/1.0.0/function.yaml`)).toEqual({ set: { message: '${ .message }' } })
})

test("the default catalog holds the tenant's own flows, unless the definition has one of that name", async () => {
  expect(await resolve('send-summary-email:1.0.0@default')).toEqual({ run: { workflow: { namespace: 'default', name: 'send-summary-email', version: '1.0.0', input: '${ . }' } } })
  expect(await resolve('log:1.0.0@default', { catalogs: { default: { endpoint: catalog.url } } })).toEqual({ set: { message: '${ .message }' } })
})

test('what the function is called with is the input of its task', async () => {
  expect(await fixture.run('function', { name: 'log:1.0.0@mine', with: { message: 'hello' } }, { definition: { use: catalogs() } })).toEqual({ performed: { set: { message: '${ .message }' } }, with: { message: 'hello' } })
})

test.each(['Bookshop/getBook', 'orders/acme.Orders/Create', 'summary', 'a:b'])('%s is the operation of an integration', async (name) => {
  await expect(resolve(name)).rejects.toThrow('no integrations here')
})

test.each([['log:1.0.0@nobody', 'no catalog'], ['list:1.0.0@mine', 'a function is a task'], ['broken:1.0.0@mine', 'cannot be read'], ['log:..@mine', 'no function of a catalog'], ['..%2f..:1.0.0@mine', 'no function of a catalog']])('%s is a configuration fault', async (name, said) => {
  await expect(resolve(name, catalogs())).rejects.toMatchObject({ type: expect.stringMatching(/configuration$/), detail: expect.stringContaining(said) })
})

test('one that is not there is told as the catalog tells it', async () => {
  await expect(resolve('gone:1.0.0@mine', catalogs())).rejects.toMatchObject({ code: 'upstream_rejected', upstreamStatus: 404 })
})

test('files are no functions', async () => {
  await expect(resolve('file:///etc/passwd')).rejects.toMatchObject({ code: 'address_refused' })
})

describe('of a repository the file itself is taken', () => {
  test.each([
    ['https://github.com/serverlessworkflow/catalog/tree/main/functions/log/1.0.0/function.yaml', 'https://raw.githubusercontent.com/serverlessworkflow/catalog/refs/heads/main/functions/log/1.0.0/function.yaml'],
    ['https://github.com/serverlessworkflow/catalog/functions/log/1.0.0/function.yaml', 'https://raw.githubusercontent.com/serverlessworkflow/catalog/refs/heads/main/functions/log/1.0.0/function.yaml'],
    ['https://github.com/a/b/blob/next/x.yaml', 'https://raw.githubusercontent.com/a/b/refs/heads/next/x.yaml'],
    ['https://gitlab.com/group/sub/project/-/tree/main/functions/log/1.0.0/function.yaml', 'https://gitlab.com/group/sub/project/-/raw/main/functions/log/1.0.0/function.yaml'],
    ['https://gitlab.com/group/project/functions/log/1.0.0/function.yaml', 'https://gitlab.com/group/project/-/raw/main/functions/log/1.0.0/function.yaml'],
    ['https://example.com/tree/main/x', 'https://example.com/tree/main/x'], ['https://github.com.evil.example/a/b/blob/x', 'https://github.com.evil.example/a/b/blob/x'],
  ])('%s', (page, file) => {
    expect(rawUrl(page)).toBe(file)
  })
})
