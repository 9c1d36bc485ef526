import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../test/hub.ts'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'
import type { ApiKey, Credential, Execution, Integration } from '../client/types.ts'
import { runCommand, type Ran, type ShellOptions } from './shell.fixture.ts'

let hub: TestHub
let close: () => Promise<void>
let shop: Upstream
let folder: string

beforeAll(async () => {
  ({ hub, close } = await openHub())
  shop = await startUpstream()
  folder = await mkdtemp(join(tmpdir(), 'interchange cli '))
  await writeFile(join(folder, 'shop.json'), JSON.stringify(documentOf(shop.url)))
})
afterAll(async () => {
  await close()
  await shop.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  shop.asked.length = 0
  shop.answer((request, response) => {
    if (request.url === '/openapi.json') return json(response, 200, documentOf(shop.url))
    if (request.url === '/file') return void response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF a file')
    return json(response, 200, { asked: `${request.method} ${request.url}`, key: request.headers['x-api-key'], body: request.body === '' ? null : JSON.parse(request.body) as unknown })
  })
})

const documentOf = (url: string, title = 'Book Shop'): object => ({
  openapi: '3.1.0', info: { title, version: '1' }, servers: [{ url }],
  components: { securitySchemes: { shopKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } } }, security: [{ shopKey: [] }],
  paths: {
    '/books/{id}': { get: { operationId: 'getBook', summary: 'Get a book.', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }], responses: { 200: { description: 'ok' } } } },
    '/books': { post: { operationId: 'addBook', requestBody: { content: { 'application/json': { schema: { type: 'object', properties: { title: { type: 'string' }, price: { type: 'number' } } } } } }, responses: { 200: { description: 'ok' } } } },
    '/file': { get: { operationId: 'download', responses: { 200: { description: 'ok', content: { 'application/pdf': {} } } } } },
  },
})

const run = (words: string[], options: ShellOptions = {}): Promise<Ran> =>
  runCommand(words, { ...options, env: { INTERCHANGE_URL: hub.url, INTERCHANGE_API_KEY: hub.key, ...options.env } })

/** Of a command that must succeed. */
async function answerOf<Answer>(words: string[], options?: ShellOptions): Promise<Answer> {
  const { code, stdout, stderr } = await run([...words, '--json'], options)
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Answer
}

let made = 0
/** A connected shop under a name of its own. */
async function connected(name = `Shop ${made++}`): Promise<Integration> {
  const { body } = await hub.call('GET', '/api/v1/connectors/book-shop')
  return answerOf<Integration>(['connect', body.code === 'not_found' ? join(folder, 'shop.json') : 'book-shop', '--name', name, '--no-test', '-c', 'shopKey=shop-key-4711', ...body.code === 'not_found' ? ['--id', 'book-shop'] : []])
}

describe('connect', () => {
  test('a URL, a file and standard input each become a connector and an integration, tested on the way', async () => {
    const viaUrl = await run(['connect', `${shop.url}/openapi.json`, '--id', 'by-url', '-c', 'shopKey=shop-key-4711'])
    expect(viaUrl).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Connected Book Shop \(3 operations\), integration [0-9a-f-]{36}\nThe connection test passed\.\nNext: interchange catalog operations by-url\n$/) })
    expect(shop.asked.at(-1)).toMatchObject({ headers: { 'x-api-key': 'shop-key-4711' } })
    const viaFile = await answerOf<Integration>(['connect', join(folder, 'shop.json'), '--id', 'by-file', '--name', 'From a file'])
    expect(viaFile).toMatchObject({ name: 'From a file', connector: 'by-file', connectionStatus: 'active' })
    const viaStdin = await answerOf<Integration>(['connect', '-', '--id', 'by-stdin', '--no-test'], { stdin: JSON.stringify(documentOf(shop.url)) })
    expect(viaStdin).toMatchObject({ connector: 'by-stdin', connectionStatus: 'inactive' })
  })

  test('a connector of the hub is connected by its id, with its configuration', async () => {
    const integration = await answerOf<Integration>(['connect', 'http', '--name', 'Any', '--configuration', `baseUrl=${shop.url}`, '--endpoint', shop.url])
    expect(integration).toMatchObject({ connector: 'http', connection: { endpoint: shop.url } })
  })

  test('a failed connection test is told, and the integration is there all the same', async () => {
    shop.answer((_request, response) => { json(response, 401, { message: 'who are you?' }) })
    const { code, stdout } = await run(['connect', join(folder, 'shop.json'), '--id', 'refusing', '--name', 'Refusing', '-c', 'shopKey=wrong-key'])
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('The connection test failed: ') })
    expect(await answerOf(['integrations', 'show', 'Refusing'])).toMatchObject({ connectionStatus: 'error' })
  })

  test('a document whose connector is there already is answered with the ways on', async () => {
    await connected()
    const { code, stderr } = await run(['connect', join(folder, 'shop.json')])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^conflict: There is a connector book-shop already\.[^]*interchange connect book-shop --name[^]*--update --id book-shop[^]*--id <another id>/) })
  })

  test('when only the integration fails, it is said that the document is here already', async () => {
    const { code, stderr } = await run(['connect', join(folder, 'shop.json'), '--id', 'half-way', '-c', 'unknownScheme=x', '--no-test'])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^invalid_input: [^]*unknownScheme[^]*imported as half-way[^]*interchange connect half-way/) })
  })

  test('what is neither URL nor file nor connector is told so', async () => {
    expect(await run(['connect', 'no-such-thing'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^no-such-thing is neither a URL, nor a file here, nor a connector\.\n {2}Search with: interchange catalog search no-such-thing\n$/) })
  })

  test('a newer document shows what it changes, and changes it only with --apply', async () => {
    await answerOf(['connect', join(folder, 'shop.json'), '--id', 'growing', '--no-test'])
    const newer = join(folder, 'newer.json')
    const document = documentOf(shop.url) as { paths: Record<string, unknown> }
    delete document.paths['/file']
    await writeFile(newer, JSON.stringify({ ...document, paths: { ...document.paths, '/authors': { get: { operationId: 'listAuthors', responses: {} } } } }))
    const operations = async (): Promise<string[]> => (await answerOf<{ data: { id: string }[] }>(['catalog', 'operations', 'growing'])).data.map(({ id }) => id).sort()
    const shown = await run(['connect', newer, '--update', '--id', 'growing'])
    expect(shown.stdout).toMatch(/removed \(breaking\) .*download[^]*Nothing was changed\. Add --apply/)
    expect(await operations()).toEqual(['addBook', 'download', 'getBook'])
    expect((await run(['connect', newer, '--update', '--id', 'growing', '--apply'])).stdout).toMatch(/Applied\.\n$/)
    expect(await operations()).toEqual(['addBook', 'getBook', 'listAuthors'])
    expect((await run(['connect', newer, '--update', '--id', 'growing'])).stdout).toBe('The document says what it said before.\n')
  })
})

describe('run', () => {
  test('values become the input: text, JSON, objects by dots', async () => {
    const { name } = await connected()
    expect(await run(['run', name, 'getBook', 'id:=7'])).toMatchObject({ code: 0, stdout: `${JSON.stringify({ asked: 'GET /books/7', key: '[secret]', body: null }, null, 2)}\n` })
    await run(['run', name, 'addBook', 'body.title=Solaris', '--set', 'body.price:=9.9'])
    expect(shop.asked.at(-1)?.body).toBe('{"title":"Solaris","price":9.9}')
  })

  test('the whole input comes from an option, a file or standard input, and values are added to it', async () => {
    const { name } = await connected()
    const file = join(folder, 'input.json')
    await writeFile(file, '{"body":{"title":"a"}}')
    await run(['run', name, 'addBook', '--file', file, 'body.price:=1'])
    await run(['run', name, 'addBook', '--input', '{"body":{"title":"b"}}'])
    await run(['run', name, 'addBook', '--file', '-'], { stdin: '{"body":{"title":"c"}}' })
    expect(shop.asked.map(({ body }) => body)).toEqual(['{"title":"a","price":1}', '{"title":"b"}', '{"title":"c"}'])
  })

  test('with --json the execution comes along, with --timing how long it took', async () => {
    const { name, id } = await connected()
    expect(await answerOf(['run', name, 'getBook', 'id:=1'])).toMatchObject({ success: true, data: { asked: 'GET /books/1' }, execution: { integrationId: id, status: 'succeeded' } })
    expect((await run(['run', name, 'getBook', 'id:=1', '--timing'])).stderr).toMatch(/^\d+ ms, execution [0-9a-f-]{36}\n$/)
  })

  test('an answer goes to a file: a download as it is, JSON as JSON', async () => {
    const { name } = await connected()
    const target = join(folder, 'out')
    expect(await run(['run', name, 'download', '-o', target])).toMatchObject({ code: 0, stdout: '' })
    expect(await readFile(target, 'utf8')).toBe('%PDF a file')
    await run(['run', name, 'getBook', 'id:=2', '-o', target])
    expect(JSON.parse(await readFile(target, 'utf8'))).toMatchObject({ asked: 'GET /books/2' })
  })

  test("a service's refusal is told with its status, its words and the execution", async () => {
    const { name } = await connected()
    shop.answer((_request, response) => { json(response, 409, { message: 'sold out' }) })
    const { code, stdout, stderr } = await run(['run', name, 'getBook', 'id:=1'])
    expect({ code, stdout, stderr }).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^upstream_rejected: .*sold out[^]*the service answered: 409 \{"message":"sold out"\}\n {2}execution: [0-9a-f-]{36}\n$/) })
  })

  test('a value that does not fit is named by its pointer, with where to look', async () => {
    const { name } = await connected()
    expect(await run(['run', name, 'getBook', 'id=seven'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^invalid_input: [^]*\n {2}\/(input\/)?id: [^]*\n {2}What it takes: interchange catalog operation book-shop getBook\n$/) })
    expect(await run(['run', name, 'sellBook'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^operation_not_found: [^]*interchange catalog operations book-shop\n$/) })
    expect(await run(['run', name])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^invalid_input: .*3 operations[^]*interchange catalog operations book-shop\n$/) })
    expect(shop.asked).toEqual([])
  })

  test('for programs a failure is the problem as JSON on standard error', async () => {
    const { name } = await connected()
    const { code, stdout, stderr } = await run(['run', name, 'getBook', 'id=seven', '--json'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({ code: 'invalid_input', status: 422, errors: [{ pointer: expect.stringMatching(/id$/) }] })
  })

  test.each([
    [['run', 'x', 'op', 'novalue'], /^novalue is no value: write name=text, or name:=JSON\.\n$/],
    [['run', 'x', 'op', 'a:={'], /^a is no JSON: /],
    [['run', 'x', 'op', 'a=1', 'a.b=2'], /^a cannot be a value and have b below it\.\n$/],
    [['run', 'x', 'op', '--input', '[1]', 'a=1'], /^name=value can be added to an input that is an object only\.\n$/],
    [['run', 'x', 'op', '--input', '{}', '--file', 'x'], /^Give either --input or --file\.\n$/],
    [['run', 'x', 'op', '--file', '/nowhere/at/all'], /^\/nowhere\/at\/all cannot be read: there is no such file\.\n$/],
    [['executions', '--limit', 'many'], /It takes a whole number from 1\./],
    [['executions', '--status', 'odd'], /Allowed choices are succeeded, failed, refused\./],
    [['executions', '--from', 'yesterday'], /It takes a time such as/],
    [['keys', 'create', 'x', '--role', 'king'], /Allowed choices are viewer, developer, admin, owner\./],
    [['integrations', 'set', 'x', '{"a"'], /^The patch is no JSON: /],
    [['credentials', 'update', 'x'], /^Say what to change/],
    [['connect', 'x', '--update'], /^--update needs --id/],
    [['connect', 'x', '--apply'], /^--apply goes with --update/],
    [['rotate-keys', '--root', '--all-tenants'], /^Give either --root or --all-tenants/],
    [['connect', '-', '-c', 'a=-'], /^Standard input has the document already/],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish\./],
    [['integrations', '--url', 'localhost:8080'], /^localhost:8080 is no address of a hub: it takes a URL such as http:\/\/127\.0\.0\.1:8080\.\n$/],
    [['integrations', '--key', 'two words'], /^The API key has spaces/],
    [['frobnicate'], /unknown command 'frobnicate'[^]*--help/],
    [['run'], /missing required argument 'integration'/],
  ])('%j is called wrongly: it ends with 2, says why, and asks the hub nothing', async (words, message) => {
    expect(await run(words)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
    expect(shop.asked).toEqual([])
  })
})

describe('the hub that is talked to', () => {
  test('where there is none, the command says so and what to do', async () => {
    expect(await run(['integrations'], { env: { INTERCHANGE_URL: 'http://127.0.0.1:9' } })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^There is no hub at http:\/\/127\.0\.0\.1:9\.\n {2}Start one with `npm start`/) })
  })

  test('where something else answers, that is told too', async () => {
    shop.answer((_request, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>') })
    expect(await run(['integrations', '--url', shop.url])).toMatchObject({ code: 1, stderr: expect.stringContaining(`There is no hub at ${shop.url}.`) })
    shop.answer((_request, response) => { response.writeHead(404).end('nothing') })
    expect(await run(['integrations', '--url', shop.url])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^unexpected_answer: [^]*Name the hub with --url/) })
  })

  test('a wrong or missing key, and one that may not, are told with what to do', async () => {
    const wrong = { code: 1, stdout: '', stderr: expect.stringMatching(/^unauthorized: [^]*INTERCHANGE_API_KEY/) }
    expect(await run(['integrations'], { env: { INTERCHANGE_API_KEY: 'not-the-key-of-anybody-here' } })).toMatchObject(wrong)
    expect(await run(['integrations'], { env: { INTERCHANGE_API_KEY: '' } })).toMatchObject(wrong)
    const { key } = await answerOf<{ key: string }>(['keys', 'create', 'reader', '--role', 'viewer'])
    expect(await run(['rotate-keys', '--key', key])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^forbidden: [^]*interchange keys create/) })
  })

  test('options win over the environment, and blanks around a key do no harm', async () => {
    expect(await run(['integrations', '--url', hub.url, '--key', hub.key], { env: { INTERCHANGE_URL: 'http://127.0.0.1:9', INTERCHANGE_API_KEY: 'other' } })).toMatchObject({ code: 0 })
    expect(await run(['integrations'], { env: { INTERCHANGE_API_KEY: `${hub.key}\n`, INTERCHANGE_URL: `${hub.url}/` } })).toMatchObject({ code: 0 })
  })
})

describe('integrations', () => {
  test('are listed as a table, page by page, and as JSON', async () => {
    const [first, second] = [await connected(), await connected()]
    const { stdout } = await run(['integrations', '--limit', '1'])
    expect(stdout).toMatch(new RegExp(`^ID +NAME +CONNECTOR +STATUS +CONNECTION +TESTED\n${second.id} +${second.name} +book-shop +active +inactive +–\nMore with: --cursor \\S+\n$`))
    const [, cursor] = /--cursor (\S+)/.exec(stdout)!
    expect(await answerOf(['integrations', 'list', '--limit', '1', '--cursor', cursor!])).toMatchObject({ data: [{ id: first.id }] })
    expect((await run(['ls', '-q', 'no such text'])).stdout).toBe('Nothing found.\n')
  })

  test('are named by id, by name, or by name in other letters; a name of several is refused with their ids', async () => {
    const { id, name } = await connected('Named Once')
    for (const way of [id, name, 'named once']) expect(await answerOf(['integrations', 'show', way])).toMatchObject({ id })
    const [one, two] = [await connected('Twice'), await connected('Twice')]
    const { code, stderr } = await run(['run', 'Twice', 'getBook', 'id:=1'])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^2 integrations are called Twice\.\n {2}Name one by its id:/) })
    for (const each of [one, two]) expect(stderr).toContain(each.id)
    expect(await run(['integrations', 'show', 'Nobody'])).toMatchObject({ code: 1, stderr: 'There is no integration called Nobody.\n  `interchange integrations` lists them.\n' })
    expect(shop.asked).toEqual([])
  })

  test('one of two whose names differ in upper and lower case is the one that was written', async () => {
    const [lower] = [await connected('cases'), await connected('CASES')]
    expect(await answerOf(['integrations', 'show', 'cases'])).toMatchObject({ id: lower.id })
  })

  test('a test ends with 0 where the connection works, with 1 where it does not', async () => {
    const { name } = await connected()
    expect(await run(['integrations', 'test', name])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Works \(\d+ ms\): /) })
    shop.answer((_request, response) => { json(response, 403, {}) })
    expect(await run(['integrations', 'test', name])).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Does not work \(\d+ ms\): /), stderr: '' })
  })

  test('settings are changed by values or by a merge patch', async () => {
    const { name, id } = await connected()
    expect((await run(['integrations', 'set', name, 'dataHandling.rateLimit.requestsPerMinute:=600', 'metadata.status=maintenance'])).stdout).toBe(`Changed ${name}.\n`)
    expect(await answerOf(['integrations', 'set', id, '{"metadata":{"tags":["a"]}}'])).toMatchObject({ metadata: { status: 'maintenance', tags: ['a'] }, dataHandling: { rateLimit: { requestsPerMinute: 600 } } })
    expect(await run(['run', name, 'getBook', 'id:=1'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^integration_not_active: [^]*metadata\.status=active\n$/) })
    expect(await run(['integrations', 'set', name, 'connection.timeout=soon'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^invalid_input: [^]*\/connection\/timeout: /) })
  })

  test('show their figures, and go when they are deleted', async () => {
    const { name, id } = await connected()
    await run(['run', name, 'getBook', 'id:=1'])
    expect((await run(['integrations', 'metrics', name])).stdout).toMatch(/averageLatency +[\d.]+/)
    expect((await run(['integrations', 'delete', name])).stdout).toBe(`Deleted ${name}.\n`)
    expect(await run(['integrations', 'show', id])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^not_found: /) })
  })
})

describe('executions', () => {
  test('are listed with filters, shown whole and run again', async () => {
    const { name, id } = await connected()
    await run(['run', name, 'getBook', 'id:=1'])
    shop.answer((_request, response) => { json(response, 400, { message: 'bad book' }) })
    await run(['run', name, 'getBook', 'id:=2'])
    const table = await run(['executions', '--integration', name, '--status', 'failed'])
    expect(table.stdout).toMatch(/^ID +WHEN +STATUS +INTEGRATION +OPERATION +MS +ANSWER\n[0-9a-f-]{36} +\d+ seconds? ago +failed +Shop \d+ +getBook +\d+ +.*bad book.*\n$/)
    const { data: [failed] } = await answerOf<{ data: [Execution] }>(['executions', 'list', '--integration', id, '--operation', 'getBook', '--status', 'failed', '--from', '2020-01-01'])
    expect(await answerOf(['executions', 'show', failed.id])).toMatchObject({ id: failed.id, request: { method: 'GET', endpoint: `${shop.url}/books/2` } })
    expect(await answerOf(['executions', '--integration', id, '--to', '2020-01-01'])).toMatchObject({ data: [] })
    shop.answer((request, response) => { json(response, 200, { asked: request.url }) })
    expect(JSON.parse((await run(['executions', 'rerun', failed.id])).stdout)).toEqual({ asked: '/books/2' })
    expect(await answerOf(['executions', 'rerun', failed.id, '--input', '{"id":9}'])).toMatchObject({ data: { asked: '/books/9' } })
  })
})

describe('catalog', () => {
  test('is searched, and shows connectors and what they can do', async () => {
    await connected()
    expect((await run(['catalog', 'stripe', '--limit', '3'])).stdout).toMatch(/^CONNECTOR +NAME +OPERATIONS +ORIGIN +SUPPORT\nstripe /)
    expect(await answerOf(['catalog', 'show', 'smtp-email'])).toMatchObject({ id: 'smtp-email', credentialSchema: { host: {} } })
    expect((await run(['catalog', 'operations', 'book-shop', '-q', 'Get a book'])).stdout).toMatch(/^OPERATION +METHOD +PATH +WHAT IT DOES\ngetBook +GET +\/books\/\{id\} +Get a book\.\n$/)
    expect(await answerOf(['catalog', 'operation', 'book-shop', 'getBook'])).toMatchObject({ id: 'getBook', input: { properties: { id: {} } } })
    expect(await run(['catalog', 'operations', 'not-here'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^not_found: [^]*interchange catalog install not-here\n$/) })
  })

  test('a connector that nothing uses is removed, one in use is not', async () => {
    await answerOf(['connect', join(folder, 'shop.json'), '--id', 'short-lived', '--name', 'Short', '--no-test'])
    expect(await run(['catalog', 'remove', 'short-lived'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^conflict: .*Short/) })
    await run(['integrations', 'delete', 'Short'])
    expect(await run(['catalog', 'remove', 'short-lived'])).toMatchObject({ code: 0, stdout: 'Removed short-lived.\n' })
  })
})

describe('credentials', () => {
  test('are stored from a file, a variable, standard input or a prompt, and never shown', async () => {
    const file = join(folder, 'host.txt')
    await writeFile(file, 'mail.example\n')
    const fields = ['-c', `host=@${file}`, '-c', 'username=env:MAIL_USER', '-c', 'port:=587', '-c', 'from=me@example.com']
    const stored = await run(['credentials', 'create', 'smtp-email', '--id', 'mail', ...fields, '-c', 'password=-'], { env: { MAIL_USER: 'me' }, stdin: 'mail-secret-1\n' })
    expect(stored).toEqual({ code: 0, stderr: '', stdout: 'Stored mail.\n' })
    const typed = await run(['credentials', 'create', 'smtp-email', '--id', 'typed', ...fields, '-c', 'password=-'], { env: { MAIL_USER: 'me' }, typed: ['mail-secret-2'] })
    expect(typed).toEqual({ code: 0, stderr: 'password: \n', stdout: 'Stored typed.\n' })
    const { data } = await answerOf<{ data: Credential[] }>(['credentials', '--connector', 'smtp-email'])
    expect(data.find(({ id }) => id === 'mail')?.fields).toMatchObject({ host: { value: 'mail.example' }, username: { value: 'me' }, password: { set: true } })
    expect(JSON.stringify(data)).not.toContain('mail-secret')
    expect((await run(['credentials'])).stdout).toMatch(/^ID +NAME +CONNECTOR +FIELDS +CHANGED\n[^]*\nmail +mail +smtp-email +/)
  })

  test('are used by a connection, changed in part, and deleted once nothing uses them', async () => {
    await connected()
    await run(['credentials', 'create', 'book-shop', '--id', 'shop-key', '-c', 'shopKey=first-shop-key'])
    const { name } = await answerOf<Integration>(['connect', 'book-shop', '--credential-id', 'shop-key', '--name', 'With a stored key'])
    expect(await run(['credentials', 'update', 'shop-key', '-c', 'shopKey=-'], { stdin: 'second-shop-key' })).toMatchObject({ code: 0, stdout: 'Changed shop-key.\n' })
    await run(['run', name, 'getBook', 'id:=1'])
    expect(shop.asked.map(({ headers }) => headers['x-api-key'])).toEqual(['first-shop-key', 'second-shop-key'])
    expect(await run(['credentials', 'delete', 'shop-key'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^conflict: /) })
    await run(['integrations', 'delete', name])
    expect(await run(['credentials', 'delete', 'shop-key'])).toMatchObject({ code: 0, stdout: 'Deleted shop-key.\n' })
  })

  test('a variable that is not set and an empty standard input are refused before anything is sent', async () => {
    expect(await run(['credentials', 'create', 'smtp-email', '-c', 'password=env:NOT_SET'])).toMatchObject({ code: 2, stderr: 'password: the environment variable NOT_SET is not set.\n' })
    expect(await run(['credentials', 'create', 'smtp-email', '-c', 'password=-'])).toMatchObject({ code: 2, stderr: 'password: nothing was given on standard input.\n' })
  })

  test('several from standard input are a line each, one may have many lines', async () => {
    await answerOf(['credentials', 'create', 'zulip-message', '--id', 'lines', '-c', 'site=-', '-c', 'email=-', '-c', 'apiKey=zulip-api-key'], { stdin: 'https://zulip.example\nbot@zulip.example\n' })
    await answerOf(['credentials', 'create', 'zulip-message', '--id', 'pem', '-c', 'email=-', '-c', 'site=https://zulip.example', '-c', 'apiKey=zulip-api-key'], { stdin: 'line one\nline two\n' })
    const { data } = await answerOf<{ data: Credential[] }>(['credentials', '--connector', 'zulip-message'])
    expect(data.find(({ id }) => id === 'lines')?.fields).toMatchObject({ site: { value: 'https://zulip.example' }, email: { value: 'bot@zulip.example' } })
    expect(data.find(({ id }) => id === 'pem')?.fields).toMatchObject({ email: { value: 'line one\nline two' } })
  })
})

describe('keys', () => {
  test('are made, listed and revoked; a made key works until then', async () => {
    const { code, stdout } = await run(['keys', 'create', 'for a script', '--role', 'developer', '--scope', 'integrations:read', '--expires', '2099-01-01'])
    expect(code).toBe(0)
    const key = stdout.trim()
    expect(await run(['integrations', '--key', key])).toMatchObject({ code: 0 })
    const { data } = await answerOf<{ data: ApiKey[] }>(['keys'])
    const { id } = data.find(({ name }) => name === 'for a script')!
    expect(await run(['keys', 'revoke', id])).toMatchObject({ code: 0, stdout: `Revoked ${id}.\n` })
    expect(await run(['integrations', '--key', key])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^unauthorized/) })
    expect((await run(['keys', 'list'])).stdout).toMatch(/for a script +\S+ +developer +integrations:read +revoked/)
  })

  test('rotation of the encryption keys leaves credentials readable', async () => {
    const { name } = await connected()
    expect((await run(['rotate-keys'])).stdout).toMatch(/^Tenants with a new key: 1\. Credentials encrypted anew: [1-9]\d*\.\n$/)
    expect(await answerOf(['rotate-keys', '--all-tenants'])).toMatchObject({ tenants: 1, unreadable: 0 })
    expect((await run(['rotate-keys', '--root'])).stdout).toMatch(/^The root key is [0-9a-f]{12} now\. Keys wrapped anew: [1-9]\d*\.\n$/)
    await run(['run', name, 'getBook', 'id:=1'])
    expect(shop.asked.at(-1)?.headers['x-api-key']).toBe('shop-key-4711')
  })
})

describe('what is shown', () => {
  const nasty = 'A\u001b[31mred\u0007\u009b2J\u202etxt.exe\nfake line'

  test('control characters in names, answers and errors never reach the terminal', async () => {
    const { status, body } = await hub.call('POST', '/api/v1/integrations?test=false', { name: nasty, connector: 'http', configuration: {}, connection: { endpoint: shop.url } })
    expect(status, JSON.stringify(body)).toBe(201)
    await connected()
    shop.answer((_request, response) => { json(response, 400, { message: nasty }) })
    const { data: [last] } = await answerOf<{ data: [Integration] }>(['integrations', '-q', 'Shop', '--limit', '1'])
    const outputs = [await run(['integrations']), await run(['integrations', '--json']), await run(['integrations', 'show', body.id as string]), await run(['integrations', 'set', body.id as string, 'description=x']), await run(['run', last.id, 'getBook', 'id:=1']), await run(['run', last.id, 'getBook', 'id:=1', '--json']), await run(['executions']), await run(['run', nasty])]
    for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u)
    expect(outputs[0]!.stdout).toContain('A·[31mred··2J·txt.exe·fake line')
    expect((JSON.parse(outputs[1]!.stdout) as { data: Integration[] }).data.map(({ name }) => name)).toContain(nasty)
  })

  test('progress is drawn on a terminal, and nowhere else', async () => {
    const { name } = await connected()
    expect((await run(['integrations', 'test', name], { terminal: true })).stderr).toContain('testing')
    expect((await run(['integrations', 'test', name])).stderr).toBe('')
  })

  test('every command explains itself, with its options and the global ones', async () => {
    const root = await run(['--help'])
    expect(root.code).toBe(0)
    for (const word of ['serve', 'connect', 'rotate-keys', 'INTERCHANGE_API_KEY', 'Begin with']) expect(root.stdout).toContain(word)
    const commands = ['serve', 'worker', 'migrate', 'connect', 'run', 'integrations', 'integrations set', 'executions', 'executions list', 'catalog', 'catalog search', 'credentials', 'credentials create', 'keys', 'keys create', 'rotate-keys', 'completion']
    for (const command of commands) {
      const { code, stdout } = await run([...command.split(' '), '--help'])
      expect({ command, code }).toEqual({ command, code: 0 })
      expect(stdout).toMatch(new RegExp(`^Usage: interchange ${command}[^]*Global Options:[^]*--json`))
    }
    expect((await run(['serve', '--help'])).stdout).toContain('INTERCHANGE_ALLOW_NETWORKS')
    expect((await run(['connect', '--help'])).stdout).toContain('env:NAME')
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})
