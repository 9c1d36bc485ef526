import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { createChecker } from '../document/document.fixture.ts'
import { fillIn, listLibrary } from './library.ts'

let hub: TestHub
let close: () => Promise<void>
const checker = createChecker({ hasCredential: async () => true, integration: async () => ({ operation: async () => ({ input: undefined }), operationIds: async () => [] }) })
beforeAll(async () => { ({ hub, close } = await openHub()) })
afterAll(async () => {
  await checker.close()
  await close()
})

/** What a parameter without a default is given here. */
const samples: Record<string, unknown> = { eventType: 'order.paid', channel: 'orders', to: 'ada@example.com', approver: 'ada@example.com', call: 'Shop/listOrders', folder: 'https://files.example/reports' }

function filled(id: string, given: Record<string, unknown> = {}): string {
  const flow = listLibrary().find((each) => each.id === id)!
  const own = Object.fromEntries(Object.entries(samples).filter(([name]) => Object.hasOwn(flow.parameters, name)))
  return fillIn(flow, { ...own, ...given })
}

describe('every predefined flow', () => {
  test.each(listLibrary().map(({ id }) => id))('%s is valid without a warning, and explains itself', async (id) => {
    const { definition, findings } = await checker.validate(filled(id))
    expect(findings).toEqual([])
    expect(definition!.document).toMatchObject({ name: id, title: expect.any(String) })
    expect(listLibrary().find((flow) => flow.id === id)!.description).toMatch(/^[A-Z].*\.$/)
  })

  test.each(['"', "'", ': #{}[]&*!|>%@`', '\n---\ndo: []\n', '{{to}}', '\\(env)', '\u2028\ud83d\ude00'])('the text %j as a parameter is that text, and nothing else', async (text) => {
    const { definition } = await checker.validate(filled('failed-health-check-email', { to: `me@example.com${text}` }))
    expect(definition).toMatchObject({ do: [{ tell: { with: { to: `me@example.com${text}` } } }] })
  })
})

describe('over the API', () => {
  test('they are listed with what they need and can be told', async () => {
    const { body } = await hub.call('GET', '/api/v1/flows/library')
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(listLibrary().map(({ id }) => id))
    expect(await hub.call('GET', '/api/v1/flows/library/webhook-to-zulip')).toMatchObject({ status: 200, body: { needs: { credentials: [{ id: 'zulip-credentials', connector: 'zulip-message' }] }, parameters: { topic: { default: 'Webhooks' } } } })
    expect(await hub.call('GET', '/api/v1/flows/library/nothing')).toMatchObject({ status: 404 })
  })

  test('one is installed with its parameters, under another name too, and is a flow like any other', async () => {
    const path = '/api/v1/flows/library/failed-health-check-email/install'
    expect(await hub.call('POST', path, { parameters: { to: 'ada@example.com' } })).toMatchObject({ status: 201, body: { name: 'failed-health-check-email', outcome: 'created', warnings: [{ code: 'unknown_integration' }] } })
    expect(await hub.call('POST', path, { parameters: { to: 'bob@example.com' }, name: 'tell-bob' })).toMatchObject({ status: 201, body: { name: 'tell-bob' } })
    expect((await hub.call('GET', '/api/v1/flows/tell-bob')).body.definition).toMatchObject({ do: [{ tell: { with: { to: 'bob@example.com' } } }] })
    expect(await hub.call('POST', path, {})).toMatchObject({ status: 422, body: { errors: [{ pointer: '/parameters/to', detail: 'is missing' }] } })
    expect(await hub.call('POST', path, { parameters: { to: 'ada@example.com', bcc: 'x' } })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/parameters/bcc' }] } })
  })

  test('send-summary-email is there in every tenant, until the tenant has one of its own', async () => {
    const key = await hub.addTenant('fresh')
    const call = (method: string, path: string, body?: unknown): Promise<{ status: number, body: any }> => hub.call(method, path, body, { key }) // eslint-disable-line typescript/no-explicit-any
    expect(await call('GET', '/api/v1/flows/send-summary-email')).toMatchObject({ status: 200, body: { predefined: true, latestVersion: '1.0.0', definition: { do: [{ send: { call: 'smtp-credentials/send_email' } }] } } })
    expect(await call('GET', '/api/v1/flows/send-summary-email/versions')).toMatchObject({ status: 200, body: { data: [{ version: '1.0.0', status: 'published' }] } })
    expect(await call('DELETE', '/api/v1/flows/send-summary-email')).toMatchObject({ status: 404 })
    const names = async (query = ''): Promise<string[]> => (await call('GET', `/api/v1/flows${query}`)).body.data.map(({ flowId, predefined }: { flowId: string, predefined: boolean }) => `${flowId} ${predefined}`)
    for (const name of ['a', 'z']) await call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name, version: '1.0.0' }, do: [] })
    expect(await names()).toEqual(['a false', 'send-summary-email true', 'z false'])
    expect(await names('?q=SUMMARY')).toEqual(['send-summary-email true'])
    expect(await names('?namespace=other')).toEqual([])
    const first = await call('GET', '/api/v1/flows?limit=1')
    expect(await names(`?limit=1&cursor=${first.body.nextCursor}`)).toEqual(['send-summary-email true'])
    expect(await call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name: 'send-summary-email', version: '0.1.0' }, do: [] })).toMatchObject({ status: 201 })
    expect(await call('GET', '/api/v1/flows/send-summary-email')).toMatchObject({ body: { predefined: false, latestVersion: '0.1.0' } })
    expect(await names('?q=summary')).toEqual(['send-summary-email false'])
  })
})
