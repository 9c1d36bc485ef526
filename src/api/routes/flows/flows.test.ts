import { parse, parseAllDocuments } from 'yaml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { withClient } from '../../../../test/everything.ts'

let hub: TestHub
let close: () => Promise<void>
let other: string
beforeAll(async () => {
  ({ hub, close } = await openHub())
  other = await hub.addTenant('other')
})
afterAll(() => close())

interface Draft { name: string, version?: string, namespace?: string, tasks?: string }

function document({ name, version = '1.0.0', namespace = 'default', tasks = '  - greet:\n      set:\n        greeting: ${ "Hello \\(.name)" } # for everybody\n' }: Draft): string {
  return `# ${name} is kept as it is written\ndocument:\n  dsl: 1.0.3\n  namespace: ${namespace}\n  name: ${name}\n  version: ${version}\n  title: The flow ${name}\ndo:\n${tasks}`
}

async function send(method: string, path: string, text: string, headers: Record<string, string> = {}): Promise<Reply<any>> { // eslint-disable-line typescript/no-explicit-any
  const response = await fetch(hub.url + path, { method, body: text, headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/yaml', ...headers } })
  const body = await response.text()
  return { status: response.status, headers: response.headers, text: body, body: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(body) : undefined }
}

const create = (draft: Draft, query = ''): Promise<Reply<any>> => send('POST', `/api/v1/flows${query}`, document(draft)) // eslint-disable-line typescript/no-explicit-any

describe('a document', () => {
  test('is stored, published at once, and given back as it was written', async () => {
    expect(await create({ name: 'greet' })).toMatchObject({ status: 201, body: { namespace: 'default', name: 'greet', version: '1.0.0', status: 'published', outcome: 'created', warnings: [] } })
    const { body } = await hub.call('GET', '/api/v1/flows/greet')
    expect(body).toMatchObject({ flowId: 'greet', title: 'The flow greet', enabled: true, latestVersion: '1.0.0', version: '1.0.0', format: 'yaml', definition: { document: { name: 'greet' }, do: [{ greet: {} }] } })
    expect(body.source).toBe(document({ name: 'greet' }))
    const yaml = await hub.call('GET', '/api/v1/flows/greet', undefined, { headers: { accept: 'application/yaml' } })
    expect(yaml.headers.get('content-type')).toBe('application/yaml; charset=utf-8')
    expect(yaml.text).toBe(document({ name: 'greet' }))
  })

  test.each(['text/yaml', 'application/x-yaml', 'application/vnd.cncf+yaml', 'application/x-www-form-urlencoded', 'text/plain'])('is taken as %s', async (type) => {
    expect(await send('POST', '/api/v1/flows/validate', document({ name: 'typed' }), { 'content-type': type })).toMatchObject({ status: 200, body: { valid: true, name: 'typed' } })
  })

  test('is taken as JSON, and read as YAML', async () => {
    const definition = { document: { dsl: '1.0.3', namespace: 'shop', name: 'as-json', version: '1.0.0' }, do: [{ a: { set: { b: 1 } } }] }
    expect(await hub.call('POST', '/api/v1/flows', definition)).toMatchObject({ status: 201, body: { namespace: 'shop', name: 'as-json' } })
    const { text } = await hub.call('GET', '/api/v1/flows/shop%2Fas-json', undefined, { headers: { accept: 'application/yaml' } })
    expect(parse(text)).toEqual(definition)
  })

  test('with errors is refused with all of them and their places, and nothing of it is stored', async () => {
    const reply = await create({ name: 'broken', tasks: '  - a:\n      set: { b: "${ .x | }" }\n      then: c\n  - d: { nothing: 1 }\n' })
    expect(reply).toMatchObject({ status: 422, body: { code: 'invalid_document', errors: [{ pointer: '/do/1/d', detail: expect.stringMatching(/\(line 12, column 5\)$/) }], findings: [{ line: 12, column: 5 }] } })
    const later = await create({ name: 'broken', tasks: '  - a:\n      set: { b: "${ .x | }" }\n      then: c\n' })
    expect(later.body.findings).toMatchObject([{ pointer: '/do/0/a/set/b', line: 10, column: 17 }, { pointer: '/do/0/a/then', line: 11, column: 13 }])
    expect(later.body.detail).toMatch(/^Line 10, column 17: \/do\/0\/a\/set\/b is no valid jq: .* There are 2 errors in all\.$/)
    expect(await hub.call('GET', '/api/v1/flows/broken')).toMatchObject({ status: 404 })
  })

  test('that names what is not there yet is stored with warnings, since people connect it afterwards', async () => {
    const reply = await create({ name: 'early', tasks: '  - a: { call: Bookshop/getBook }\n' })
    expect(reply).toMatchObject({ status: 201, body: { warnings: [{ code: 'unknown_integration', line: 9, severity: 'warning' }] } })
    expect((await hub.call('GET', '/api/v1/flows/early')).body.warnings).toEqual(reply.body.warnings)
  })

  test('that names what is there is held against it, but never against what is another tenant\'s', async () => {
    const api = { openapi: '3.1.0', info: { title: 'Books', version: '1' }, servers: [{ url: 'http://127.0.0.1:9' }], paths: { '/books/{id}': { get: { operationId: 'getBook', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }], responses: {} } } } }
    await hub.call('POST', '/api/v1/connectors/import?id=books', api)
    expect(await hub.call('POST', '/api/v1/integrations?test=false', { name: 'My Books', connector: 'books' })).toMatchObject({ status: 201 })
    const tasks = '  - a: { call: My Books/getBook, with: { id: one } }\n  - b: { call: My Books/getBok }\n'
    const findings = async (key: string): Promise<string[]> => (await send('POST', '/api/v1/flows/validate', document({ name: 'x', tasks }), { authorization: `Bearer ${key}` })).body.findings.map(({ severity, code, detail }: Record<string, string>) => `${severity} ${code} ${detail}`)
    expect(await findings(hub.key)).toEqual(['error invalid_input does not fit the operation: must be an integer, not a string', 'error unknown_operation names no operation of My Books: "getBok", did you mean "getBook"?'])
    expect(await findings(other)).toEqual(['error unknown_integration names no integration that is there: "My Books"', 'error unknown_integration names no integration that is there: "My Books"'])
  })

  test('is called by a credential alone, where there is no integration of that name', async () => {
    await hub.call('POST', '/api/v1/credentials', { id: 'mail-account', connector: 'smtp-email', credentials: { host: 'mail.example', from: 'me@example.com' } })
    const { body } = await send('POST', '/api/v1/flows/validate', document({ name: 'x', tasks: '  - a: { call: mail-account/send_message, with: { to: "${ .to }", subject: 5 } }\n' }))
    expect(body.findings).toMatchObject([{ code: 'invalid_input', pointer: '/do/0/a/with/subject' }])
  })

  test('repeated under the same Idempotency-Key is stored once', async () => {
    const headers = { 'idempotency-key': 'once' }
    const first = await send('POST', '/api/v1/flows', document({ name: 'once' }), headers)
    const second = await send('POST', '/api/v1/flows', document({ name: 'once' }), headers)
    expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true'])
    expect(second.body).toEqual(first.body)
  })
})

describe('versions', () => {
  const tasks = (text: string): string => `  - say: { set: { text: ${text} } }\n`

  test('what is published never changes; the same content again is no fault', async () => {
    await create({ name: 'steady', tasks: tasks('one') })
    expect(await create({ name: 'steady', tasks: `${tasks('one')}# a remark\n` })).toMatchObject({ status: 200, body: { outcome: 'unchanged' } })
    expect(await create({ name: 'steady', tasks: tasks('two') })).toMatchObject({ status: 409, body: { code: 'conflict', errors: [{ pointer: '/document/version' }] } })
    expect(await create({ name: 'steady', version: '1.1.0', tasks: tasks('two') })).toMatchObject({ status: 201, body: { outcome: 'version' } })
  })

  test('the highest is the latest, whatever is published last', async () => {
    for (const version of ['1.0.0', '2.0.0', '2.1.0-rc.1', '1.0.1']) await create({ name: 'fixed', version })
    expect((await hub.call('GET', '/api/v1/flows/fixed')).body).toMatchObject({ latestVersion: '2.1.0-rc.1' })
    await create({ name: 'fixed', version: '2.1.0' })
    const { body } = await hub.call('GET', '/api/v1/flows/fixed/versions?limit=2')
    expect(body.data.map(({ version }: { version: string }) => version)).toEqual(['2.1.0', '2.1.0-rc.1'])
    const rest = await hub.call('GET', `/api/v1/flows/fixed/versions?cursor=${body.nextCursor}`)
    expect(rest.body).toMatchObject({ data: [{ version: '2.0.0' }, { version: '1.0.1' }, { version: '1.0.0' }], nextCursor: null })
  })

  test('a draft is replaced, published, and deleted only as long as it is one', async () => {
    expect(await create({ name: 'drafted', tasks: tasks('one') }, '?draft=true')).toMatchObject({ status: 201, body: { status: 'draft' } })
    expect((await hub.call('GET', '/api/v1/flows/drafted')).body).toMatchObject({ latestVersion: null, status: 'draft' })
    expect(await create({ name: 'drafted', tasks: tasks('two') }, '?draft=true')).toMatchObject({ status: 201 })
    expect(await hub.call('POST', '/api/v1/flows/drafted/versions/1.0.0/publish')).toMatchObject({ status: 200, body: { status: 'published', outcome: 'published' } })
    expect((await hub.call('GET', '/api/v1/flows/drafted')).body).toMatchObject({ latestVersion: '1.0.0', definition: { do: [{ say: { set: { text: 'two' } } }] } })
    expect(await create({ name: 'drafted', tasks: tasks('three') }, '?draft=true')).toMatchObject({ status: 409 })
    expect(await hub.call('DELETE', '/api/v1/flows/drafted/versions/1.0.0')).toMatchObject({ status: 409 })
    await create({ name: 'drafted', version: '2.0.0' }, '?draft=true')
    expect(await hub.call('DELETE', '/api/v1/flows/drafted/versions/2.0.0')).toMatchObject({ status: 204 })
    expect(await hub.call('GET', '/api/v1/flows/drafted/versions/2.0.0')).toMatchObject({ status: 404 })
  })

  test('ten at once of the same version: one is stored, the others are it or are refused', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, (_, at) => create({ name: 'race', tasks: tasks(String(at % 2)) })))
    const counts = Object.groupBy(replies, ({ status }) => status)
    expect({ created: counts[201]?.length, same: counts[200]?.length, refused: counts[409]?.length }).toEqual({ created: 1, same: 4, refused: 5 })
  })

  test('a diff tells what became of each task, and shows the lines', async () => {
    const before = '  - first: { set: { a: 1 } }\n  - second: { set: { a: 1 } }\n  - third: { do: [{ inner: { set: { a: 1 } } }] }\n  - gone: { set: { a: 1 } }\n'
    const after = '  - second: { set: { a: 1 } }\n  - first: { set: { a: 2 } }\n  - third: { do: [{ inner: { set: { a: 1 } }, }, { fresh: { set: { a: 1 } } }] }\n'
    await create({ name: 'compared', tasks: before })
    await create({ name: 'compared', version: '1.1.0', tasks: after })
    const { body } = await hub.call('GET', '/api/v1/flows/compared/diff')
    expect(body).toMatchObject({ from: '1.0.0', to: '1.1.0', same: false, document: ['/document/version'] })
    expect(body.tasks.map(({ change, task }: { change: string, task: string }) => `${change} ${task}`)).toEqual(['moved second', 'changed first', 'added third/fresh', 'removed gone'])
    expect(body.text).toMatch(/^--- 1\.0\.0\n\+\+\+ 1\.1\.0\n@@/m)
    expect(body.text).toContain('-  - gone: { set: { a: 1 } }')
    expect((await hub.call('GET', '/api/v1/flows/compared/diff?from=1.1.0&to=1.0.0')).body.tasks).toContainEqual(expect.objectContaining({ change: 'added', task: 'gone' }))
    expect(await hub.call('GET', '/api/v1/flows/compared/diff?from=9.9.9')).toMatchObject({ status: 404 })
  })
})

describe('what a call may be made with', () => {
  const describeCall = (body: object, key = hub.key): Promise<Reply<any>> => hub.call('POST', '/api/v1/flows/describe-call', body, { key }) // eslint-disable-line typescript/no-explicit-any
  const metadata = { call: 'openapi', with: { document: { endpoint: 'http://169.254.169.254/openapi.json' } } }

  test('is asked for those who may write flows, within the addresses that the hub may reach', async () => {
    expect(await describeCall(metadata)).toMatchObject({ status: 422, body: { code: 'address_refused' } })
    const { body: { key } } = await hub.call('POST', '/api/v1/keys', { name: 'only looks', role: 'viewer' })
    expect(await describeCall(metadata, key)).toMatchObject({ status: 403 })
  })

  test('is refused with its place where the call does not say whom to ask', async () => {
    expect(await describeCall({ call: 'openapi', with: {} })).toMatchObject({ status: 422, body: { code: 'invalid_input', errors: [{ pointer: '/with/document' }] } })
    expect(await describeCall({ call: 'http', with: {} })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/call' }] } })
  })
})

describe('an expression', () => {
  const evaluate = (body: object, key = hub.key): Promise<Reply<any>> => hub.call('POST', '/api/v1/flows/evaluate', body, { key }) // eslint-disable-line typescript/no-explicit-any

  test('is evaluated on data that is given, as a run would: alone, within text, in a map, or bare', async () => {
    expect(await evaluate({ value: '${ .a + $context.b }', input: { a: 1 }, variables: { context: { b: 2 } } })).toMatchObject({ status: 200, body: { output: 3 } })
    expect((await evaluate({ value: { told: 'Hello ${ .name }', n: 1 }, input: { name: 'Ada' } })).body).toEqual({ output: { told: 'Hello Ada', n: 1 } })
    expect((await evaluate({ value: '.items | length > 1', bare: true, input: { items: [1, 2] } })).body).toEqual({ output: true })
    expect((await evaluate({ value: '$input', bare: true, input: [1] })).body).toEqual({ output: [1] })
    expect((await evaluate({ value: 'plain' })).body).toEqual({ output: 'plain' })
  })

  test('that is no jq, fails or takes too long is a problem that says so; no secret is opened', async () => {
    expect(await evaluate({ value: '${ .a | }' })).toMatchObject({ status: 422, body: { code: 'invalid_expression' } })
    expect(await evaluate({ value: '.a + 1', bare: true, input: { a: 'x' } })).toMatchObject({ status: 422, body: { code: 'expression_failed' } })
    expect((await evaluate({ value: '[limit(1000000000; repeat(1))] | length', bare: true })).status).toBeGreaterThanOrEqual(400)
    expect((await evaluate({ value: '$secrets', bare: true })).body).toEqual({ output: {} })
    expect((await evaluate({ value: '$ENV, env', bare: true })).body.output ?? {}).toEqual({})
    expect(await evaluate({ value: '$nobody', bare: true })).toMatchObject({ status: 422, body: { code: 'invalid_expression' } })
    expect(await evaluate({ value: '.', variables: { 'a b': 1 } })).toMatchObject({ status: 422 })
  })

  test('is evaluated for those who may write flows', async () => {
    const { body: { key } } = await hub.call('POST', '/api/v1/keys', { name: 'looks', role: 'viewer' })
    expect(await evaluate({ value: '.' }, key)).toMatchObject({ status: 403 })
  })
})

describe('the flows of a tenant', () => {
  test('are listed by name in pages, and searched', async () => {
    for (const name of ['list-a', 'list-b', 'list-c']) await create({ name, namespace: 'listed' })
    const first = (await hub.call('GET', '/api/v1/flows?namespace=listed&limit=2')).body
    expect(first.data.map(({ flowId }: { flowId: string }) => flowId)).toEqual(['listed/list-a', 'listed/list-b'])
    expect((await hub.call('GET', `/api/v1/flows?namespace=listed&cursor=${first.nextCursor}`)).body).toMatchObject({ data: [{ flowId: 'listed/list-c' }], nextCursor: null })
    expect((await hub.call('GET', '/api/v1/flows?q=flow%20list-b')).body).toMatchObject({ data: [{ name: 'list-b' }] })
    expect((await hub.call('GET', '/api/v1/flows?q=%25')).body).toMatchObject({ data: [] })
  })

  test('are switched off and on, with a look at who was faster', async () => {
    await create({ name: 'switched' })
    const { body } = await hub.call('POST', '/api/v1/flows/switched/disable')
    expect(body).toMatchObject({ enabled: false })
    expect(await hub.call('POST', '/api/v1/flows/switched/enable', {}, { headers: { 'if-match': '"0"' } })).toMatchObject({ status: 412 })
    expect(await hub.call('POST', '/api/v1/flows/switched/enable', {}, { headers: { 'if-match': `"${body.etag}"` } })).toMatchObject({ status: 200, body: { enabled: true } })
  })

  test('are stored against what was read: who was slower is told, be it a draft or a version', async () => {
    await create({ name: 'two-hands' })
    const { body: { etag } } = await hub.call('GET', '/api/v1/flows/two-hands')
    const ifMatch = (of: string): Record<string, string> => ({ 'if-match': `"${of}"` })
    expect(await send('POST', '/api/v1/flows?draft=true', document({ name: 'two-hands', version: '1.1.0' }), ifMatch(etag))).toMatchObject({ status: 201, body: { outcome: 'draft' } })
    const mine = document({ name: 'two-hands', version: '1.1.0', tasks: '  - mine: { set: { a: 1 } }\n' })
    expect(await send('POST', '/api/v1/flows?draft=true', mine, ifMatch(etag))).toMatchObject({ status: 412, body: { code: 'precondition_failed' } })
    const now = (await hub.call('GET', '/api/v1/flows/two-hands/versions/1.1.0')).body
    expect(now.source).not.toContain('mine')
    expect(await send('POST', '/api/v1/flows?draft=true', mine, ifMatch(now.etag))).toMatchObject({ status: 201 })
    expect(await send('POST', '/api/v1/flows', document({ name: 'never-there' }), ifMatch('7'))).toMatchObject({ status: 201 })
  })

  test('are deleted, but not while runs live, unless that is wanted; then the name is free', async () => {
    await create({ name: 'doomed' })
    const id = await withClient(hub.connectionString, async (client) => {
      const { rows: [flow] } = await client.query<{ tenant_id: string, id: string }>("select tenant_id, id from flows where name = 'doomed'")
      await client.query(`insert into flow_live (tenant_id, id, flow_id, namespace, name, version, status, input, trigger, rights) values ($1, gen_random_uuid(), $2, 'default', 'doomed', '1.0.0', 'suspended', '{}', '{}', '{}')`, [flow!.tenant_id, flow!.id])
      return flow!.id
    })
    expect(await hub.call('DELETE', '/api/v1/flows/doomed')).toMatchObject({ status: 409 })
    expect(await hub.call('DELETE', '/api/v1/flows/doomed?force=true')).toMatchObject({ status: 204 })
    expect(await hub.call('GET', '/api/v1/flows/doomed')).toMatchObject({ status: 404 })
    expect(await create({ name: 'doomed', tasks: '  - b: { set: { c: 1 } }\n' })).toMatchObject({ status: 201, body: { outcome: 'created' } })
    const { body } = await hub.call('GET', `/api/v1/audit?targetId=${id}`)
    expect(body.data.map(({ action }: { action: string }) => action)).toEqual(['flow.deleted', 'flow.published'])
  })

  test('go out as YAML documents and come in again elsewhere', async () => {
    await create({ name: 'moved-a', namespace: 'moving', tasks: '  - a: { set: { text: "---" } }\n' })
    await hub.call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'moving', name: 'moved-b', version: '2.0.0' }, do: [] })
    const { text } = await hub.call('GET', '/api/v1/flows/export?namespace=moving')
    expect(parseAllDocuments(text).map((each) => (each.toJS() as { document: { name: string } }).document.name)).toEqual(['moved-a', 'moved-b'])
    expect(text).toContain('# moved-a is kept as it is written')
    const applied = await hub.call('POST', '/api/v1/flows/apply', { files: [{ path: 'all.yaml', content: text }] }, { key: other })
    expect(applied).toMatchObject({ status: 200, body: { applicable: true, items: [{ action: 'create', flow: 'moving/moved-a' }, { action: 'create', flow: 'moving/moved-b', version: '2.0.0' }] } })
    expect((await hub.call('GET', '/api/v1/flows/export?namespace=moving', undefined, { key: other })).text.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
  })
})

describe('a folder of files', () => {
  const file = (path: string, draft: Draft): { path: string, content: string } => ({ path, content: document({ namespace: 'folder', ...draft }) })
  const post = (verb: string, body: object): Promise<Reply<any>> => hub.call('POST', `/api/v1/flows/${verb}`, body) // eslint-disable-line typescript/no-explicit-any
  const actions = ({ body }: Reply<any>): string[] => (body.plan ?? body).items.map(({ action, flow, version }: Record<string, string>) => `${action} ${flow} ${version}`) // eslint-disable-line typescript/no-explicit-any

  test('is planned, applied as planned, and then there is nothing to do', async () => {
    await send('POST', '/api/v1/flows', document({ namespace: 'folder', name: 'old' }))
    await send('POST', '/api/v1/flows?draft=true', document({ namespace: 'folder', name: 'wip' }))
    await send('POST', '/api/v1/flows', document({ namespace: 'folder', name: 'stale' }))
    const files = [file('b.yaml', { name: 'fresh' }), file('a.yaml', { name: 'old', version: '1.1.0' }), file('c.yaml', { name: 'wip' })]
    const plan = await post('plan', { files, prune: true })
    expect(actions(plan)).toEqual(['version folder/old 1.1.0', 'create folder/fresh 1.0.0', 'publish folder/wip 1.0.0', 'remove folder/stale 1.0.0'])
    expect((await post('plan', { files: files.reverse(), prune: true })).body).toEqual(plan.body)
    expect((await hub.call('GET', '/api/v1/flows?namespace=folder')).body.data).toHaveLength(3)
    expect(await post('apply', { files, prune: true, digest: plan.body.digest })).toMatchObject({ status: 200, body: { digest: plan.body.digest } })
    expect((await hub.call('GET', '/api/v1/flows?namespace=folder')).body.data.map(({ name }: { name: string }) => name)).toEqual(['fresh', 'old', 'wip'])
    expect(actions(await post('plan', { files, prune: true }))).toEqual(['unchanged folder/old 1.1.0', 'unchanged folder/fresh 1.0.0', 'unchanged folder/wip 1.0.0'])
    expect(await post('apply', { files, prune: true, digest: plan.body.digest })).toMatchObject({ status: 409, body: { code: 'conflict', plan: { applicable: true } } })
  })

  test('with one file that is wrong changes nothing, and says where in the file', async () => {
    const good = file('good.yaml', { name: 'good' })
    const bad = { path: 'many.yaml', content: `${document({ namespace: 'folder', name: 'one' })}---\n${document({ namespace: 'folder', name: 'two', tasks: '  - a: { nothing: 1 }\n' })}` }
    const reply = await post('apply', { files: [good, bad] })
    expect(reply).toMatchObject({ status: 422, body: { code: 'invalid_document', plan: { applicable: false } } })
    expect(actions(reply)).toEqual(['create folder/good 1.0.0', 'create folder/one 1.0.0', 'invalid folder/two 1.0.0'])
    const { findings } = reply.body.plan.items[2]
    expect(findings).toMatchObject([{ line: bad.content.split('\n').findIndex((line) => line.includes('nothing')) + 1, column: 5 }])
    expect(await hub.call('GET', '/api/v1/flows/folder%2Fgood')).toMatchObject({ status: 404 })
  })

  test('in conflict with what is published changes nothing', async () => {
    await send('POST', '/api/v1/flows', document({ namespace: 'folder', name: 'clash' }))
    const reply = await post('apply', { files: [file('clash.yaml', { name: 'clash', tasks: '  - z: { set: { a: 1 } }\n' }), file('new.yaml', { name: 'not-made' })] })
    expect(reply).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(await hub.call('GET', '/api/v1/flows/folder%2Fnot-made')).toMatchObject({ status: 404 })
  })

  test('has each flow and version once', async () => {
    expect(actions(await post('plan', { files: [file('a.yaml', { name: 'twice' }), file('b.yaml', { name: 'twice' })] }))).toEqual(['create folder/twice 1.0.0', 'invalid folder/twice 1.0.0'])
  })
})
