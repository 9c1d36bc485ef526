/** What a flow names and its tenant does not have, be it nobody's or another tenant's: refused where it is checked, and where it is run. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { expectStatus } from '../../../../test/service.ts'

let hub: TestHub
let close: () => Promise<void>
let other: string
const api = { openapi: '3.1.0', info: { title: 'Books', version: '1' }, servers: [{ url: 'http://127.0.0.1:9' }], paths: { '/books': { get: { operationId: 'listBooks', responses: {} } } } }
const smtp = { connector: 'smtp-email', credentials: { host: 'mail.example', from: 'me@example.com' } }

beforeAll(async () => {
  ({ hub, close } = await openHub())
  other = await hub.addTenant('other')
  for (const [key, prefix] of [[hub.key, 'Own'], [other, 'Their']] as const) {
    expectStatus(201, await hub.call('POST', `/api/v1/connectors/import?id=${prefix.toLowerCase()}-books`, api, { key }))
    expectStatus(201, await hub.call('POST', '/api/v1/integrations?test=false', { name: `${prefix} Shop`, connector: `${prefix.toLowerCase()}-books` }, { key }))
    expectStatus(201, await hub.call('POST', '/api/v1/credentials', { id: `${prefix.toLowerCase()}-mail`, ...smtp }, { key }))
    expectStatus(201, await hub.call('POST', '/api/v1/webhook-sources', { name: `${prefix} Hook`, verification: { scheme: 'none' } }, { key }))
    expectStatus(201, await hub.call('POST', '/api/v1/flows', flow(`${prefix.toLowerCase()}-flow`, { do: [] }), { key }))
  }
})
afterAll(() => close())

function flow(name: string, { metadata, ...rest }: Record<string, unknown>, version = '1.0.0'): object {
  return { document: { dsl: '1.0.3', namespace: 'default', name, version, ...metadata !== undefined && { metadata } }, ...rest }
}

const call = (name: string): Record<string, unknown> => ({ do: [{ ask: { call: name } }] })
const secret = (name: string): Record<string, unknown> => ({ use: { secrets: [name] }, do: [{ read: { set: { host: `\${ $secrets["${name}"].host }` } } }] })
const poll = (integration: string, operation?: string): Record<string, unknown> => ({ metadata: { interchange: { triggers: [{ poll: { integration, ...operation !== undefined && { operation } } }] } }, do: [] })
const runs = (name: string): Record<string, unknown> => ({ do: [{ other: { run: { workflow: { namespace: 'default', name, version: 'latest' } } } }] })

/** What, the flow by the name, names of nobody and of another tenant, and what a run faults with. */
const cases: [string, (name: string) => Record<string, unknown>, string[], string][] = [
  ['integration', (name) => call(`${name}/listBooks`), ['No Shop', 'Their Shop'], 'unknown_integration'],
  ['operation', (name) => call(`Own Shop/${name}`), ['noBooks'], 'unknown_operation'],
  ['credential', (name) => call(`${name}/send_email`), ['no-mail', 'their-mail'], 'unknown_integration'],
  ['secret', secret, ['no-mail', 'their-mail'], 'unknown_credential'],
  ['flow', runs, ['no-flow', 'their-flow'], 'unknown_flow'],
]

describe.each(cases.flatMap(([what, naming, names, code]) => names.map((name) => ({ what, naming, name, code }))))('$what "$name"', ({ what, naming, name, code }) => {
  const title = `${what}-${name}`.toLowerCase().replaceAll(/[^a-z]+/g, '-')

  test('is an error with its place where the document is validated', async () => {
    const { body } = await hub.call('POST', '/api/v1/flows/validate', flow(title, naming(name)))
    expect(body).toMatchObject({ valid: false, findings: [{ severity: 'error', code, line: 1, column: expect.any(Number), detail: expect.stringContaining(name) }] })
    expect((await hub.call('POST', '/api/v1/flows/validate?allowMissing=true', flow(title, naming(name)))).body).toMatchObject({ valid: true, findings: [{ severity: 'warning', code }] })
  })

  test('keeps a folder from being applied, and a draft from being published', async () => {
    const files = [{ path: 'flow.json', content: JSON.stringify(flow(title, naming(name))) }]
    expect((await hub.call('POST', '/api/v1/flows/plan', { files })).body).toMatchObject({ applicable: false, items: [{ action: 'invalid', findings: [{ severity: 'error', code }] }] })
    expect(await hub.call('POST', '/api/v1/flows/apply', { files })).toMatchObject({ status: 422, body: { code: 'invalid_document' } })
    expect(await hub.call('POST', '/api/v1/flows?allowMissing=false', flow(title, naming(name)))).toMatchObject({ status: 422, body: { code: 'invalid_document' } })
    expect(await hub.call('GET', `/api/v1/flows/${title}`)).toMatchObject({ status: 404 })
    expect(await hub.call('POST', '/api/v1/flows?draft=true', flow(title, naming(name)))).toMatchObject({ status: 201, body: { warnings: [{ severity: 'warning', code }] } })
    expect(await hub.call('POST', `/api/v1/flows/${title}/versions/1.0.0/publish`)).toMatchObject({ status: 422, body: { code: 'invalid_document', findings: [{ severity: 'error', code, line: 1 }] } })
    expect(await hub.call('GET', `/api/v1/flows/${title}`)).toMatchObject({ body: { latestVersion: null } })
  })

  test('is refused where the flow is run all the same', async () => {
    expect(await hub.call('POST', `/api/v1/flows/${title}/versions/1.0.0/publish?allowMissing=true`)).toMatchObject({ status: 200, body: { status: 'published' } })
    const { body } = await hub.call('POST', `/api/v1/flows/${title}/runs?wait=30s`, {})
    expect(body).toMatchObject({ status: 'faulted', error: { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/configuration' } })
  })
})

describe('what is another tenant\'s', () => {
  const shown = ({ body }: Reply<any>, name: string): string => JSON.stringify(body).replaceAll(name, 'X').replaceAll(/"(?:id|column|line)":[^,}]+/g, '') // eslint-disable-line typescript/no-explicit-any

  test('looks in every answer like what is nowhere', async () => {
    for (const [what, naming, [nobodys, theirs]] of cases) {
      if (theirs === undefined) continue
      const answers = await Promise.all([nobodys!, theirs].map(async (name) => {
        const document = flow('looked-at', naming(name))
        const title = `looked-at-${what}-${name === theirs ? 'theirs' : 'nobodys'}`
        await hub.call('POST', '/api/v1/flows', flow(title, naming(name)))
        const ended = await hub.call('POST', `/api/v1/flows/${title}/runs?wait=30s`, {})
        return [await hub.call('POST', '/api/v1/flows/validate', document), await hub.call('POST', '/api/v1/flows/plan', { files: [{ path: 'x.json', content: JSON.stringify(document) }] }), ended].map((reply) => shown(reply, name).replace(/"digest":"\w+"/, ''))
      }))
      expect({ what, answers: answers[1] }).toEqual({ what, answers: answers[0] })
    }
  })
})

test('what is there is no error, and neither are flows that run one another', async () => {
  for (const rest of [call('Own Shop/listBooks'), secret('own-mail'), poll('Own Shop', 'listBooks'), { metadata: { interchange: { triggers: [{ webhook: { source: 'Own Hook' } }] } }, do: [] }, runs('own-flow'), runs('itself')]) {
    expect((await hub.call('POST', '/api/v1/flows/validate', flow('itself', rest))).body).toMatchObject({ valid: true, findings: [] })
  }
  const files = [flow('first', runs('second')), flow('second', runs('first'))].map((document, at) => ({ path: `${at}.json`, content: JSON.stringify(document) }))
  expect((await hub.call('POST', '/api/v1/flows/plan', { files })).body).toMatchObject({ applicable: true, items: [{ action: 'create', findings: [] }, { action: 'create', findings: [] }] })
})

test('what begins a flow is looked up as well', async () => {
  const findings = async (document: object): Promise<string[]> => (await hub.call('POST', '/api/v1/flows/validate', document)).body.findings.map(({ severity, pointer, detail }: Record<string, string>) => `${severity} ${pointer} ${detail}`)
  const at = '/document/metadata/interchange/triggers/0/poll'
  expect(await findings(flow('polled', poll('Their Shop', 'listBooks')))).toEqual([`error ${at}/integration names no integration that is there: "Their Shop"`])
  expect(await findings(flow('hooked', { metadata: { interchange: { triggers: [{ webhook: { source: 'Their Hook' } }] } }, do: [] }))).toEqual(['error /document/metadata/interchange/triggers/0/webhook/source names no webhook source that is there: "Their Hook"'])
  expect(await findings(flow('polled', poll('Own Shop', 'listBoks')))).toEqual([`error ${at}/operation names no operation of Own Shop: "listBoks", did you mean "listBooks"?`])
})

test('what is published already is told of, and in nobody\'s way', async () => {
  const document = flow('lost', call('Gone/op'))
  expectStatus(201, await hub.call('POST', '/api/v1/flows', document))
  const files = [{ path: 'lost.json', content: JSON.stringify(document) }, { path: 'new.json', content: JSON.stringify(flow('beside-lost', { do: [] })) }]
  expect(await hub.call('POST', '/api/v1/flows/apply', { files })).toMatchObject({ status: 200, body: { items: [{ action: 'unchanged', findings: [{ severity: 'error' }] }, { action: 'create' }] } })
  const missing = [{ path: 'later.json', content: JSON.stringify(flow('later', call('Gone/op'))) }]
  expect(await hub.call('POST', '/api/v1/flows/apply', { files: missing, allowMissing: true })).toMatchObject({ status: 200, body: { items: [{ action: 'create', findings: [{ severity: 'warning' }] }] } })
})

test('a predefined flow is taken before what it needs is there, says what to connect when it is run, and runs once that is there', async () => {
  const run = async (): Promise<any> => (await hub.call('POST', '/api/v1/flows/send-summary-email/runs?wait=30s', { input: { to: 'ada@example.com', subject: 'x', body: 'y' } })).body // eslint-disable-line typescript/no-explicit-any
  expect(await run()).toMatchObject({ status: 'faulted', error: { detail: expect.stringContaining('no integration named smtp-credentials, and no credential of that id. Connect one') } })
  expect(await hub.call('POST', '/api/v1/flows/library/failed-health-check-email/install', { parameters: { to: 'ada@example.com' } })).toMatchObject({ status: 201, body: { status: 'published', warnings: [{ severity: 'warning', code: 'unknown_integration' }] } })
})
