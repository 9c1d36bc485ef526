/** Runs of flows over the API. */
import { expect, test, vi } from 'vitest'
import { addFlow } from '../src/flows/area.fixture.ts'
import { createDatabase } from '../src/db/database.ts'
import type { TaskList } from '../src/flows/definition.ts'
import { withHub, type TestHub } from './hub.ts'
import { addConnector, addIntegration, expectStatus } from './service.ts'
import { startUpstream } from './upstream.ts'

async function add(hub: TestHub, tasks: TaskList | string): Promise<string> {
  const database = createDatabase({ connectionString: hub.connectionString, maxConnections: 4, onError: () => undefined })
  try {
    const { body: { id: tenantId } } = await hub.call('GET', '/api/v1/tenant')
    return await addFlow(database, { tenantId }, tasks)
  } finally {
    await database.close()
  }
}

test('a run that is waited for answers its output, and is there to be read', () => withHub(async (hub) => {
  const flow = await add(hub, [{ double: { set: { twice: '${ .n * 2 }' } } }])
  const { body } = expectStatus(200, await hub.call('POST', `/api/v1/flows/${flow}/runs?wait=30s`, { input: { n: 21 } }))
  expect(body).toEqual({ id: expect.any(String), status: 'completed', output: { twice: 42 } })
  const { body: run } = await hub.call('GET', `/api/v1/runs/${body['id']}`)
  expect(run).toMatchObject({ id: body['id'], name: flow, status: 'completed', input: { n: 21 }, output: { twice: 42 }, tasks: [{ reference: '/do/0/double', name: 'double', status: 'completed', attempts: 1 }] })
  expect(run).not.toHaveProperty('error')
  const { body: definition } = await hub.call('GET', `/api/v1/runs/${body['id']}/definition`)
  expect(definition).toMatchObject({ document: { name: flow } })
}))

test('a task that exports tells what the context is from then on', () => withHub(async (hub) => {
  const flow = await add(hub, [{ first: { set: { n: 1 }, export: { as: '${ { kept: .n } }' } } }, { second: { set: { m: '${ $context.kept + 1 }' } } }])
  const { body: { id } } = expectStatus(200, await hub.call('POST', `/api/v1/flows/${flow}/runs?wait=30s`, {}))
  const { body: { tasks } } = await hub.call('GET', `/api/v1/runs/${id}`)
  expect(tasks).toMatchObject([{ name: 'first', context: { kept: 1 } }, { name: 'second', output: { m: 2 } }])
  expect(tasks[1]).not.toHaveProperty('context')
}))

test('a run that is not waited for goes on by itself', () => withHub(async (hub) => {
  const flow = await add(hub, [{ rest: { wait: { milliseconds: 20 } } }])
  const { body: { id } } = expectStatus(202, await hub.call('POST', `/api/v1/flows/${flow}/runs`, {}))
  await vi.waitFor(async () => { expect((await hub.call('GET', `/api/v1/runs/${id}`)).body).toMatchObject({ status: 'completed' }) }, { timeout: 20_000, interval: 20 })
  const { body: { data } } = await hub.call('GET', `/api/v1/runs?flow=${flow}&status=completed`)
  expect(data.map((each: { id: string }) => each.id)).toEqual([id])
}))

test('a run of a flow that is not there is a 404', () => withHub(async (hub) => {
  expectStatus(404, await hub.call('POST', '/api/v1/flows/nothing/runs', {}))
}))

test("a run reaches nothing of another tenant: no integration, no credential, no flow, no run", () => withHub(async (hub) => {
  const upstream = await startUpstream()
  try {
    const own = await addFlowOf(hub, hub.key, 'owned', [{ a: { set: { a: 1 } } }])
    const connector = await addConnector(hub.call, upstream.url, { key: hub.key })
    const integration = await addIntegration(hub.call, { name: 'Shop', connector }, { key: hub.key })
    expectStatus(201, await hub.call('POST', '/api/v1/credentials', { id: 'secret-of-a', connector: 'zulip-message', credentials: { site: 'https://chat.example.com', email: 'a@example.com', apiKey: 'a key of the first tenant' } }))
    const other = await hub.addTenant('b')
    const attempts: [string, object][] = [
      ['by-name', { do: [{ a: { call: 'Shop/listItems' } }] }], ['by-id', { do: [{ a: { call: `${integration}/listItems` } }] }],
      ['secret', { use: { secrets: ['secret-of-a'] }, do: [{ a: { set: { key: '${ $secrets["secret-of-a"] }' } } }] }],
      ['flow', { do: [{ a: { run: { workflow: { namespace: 'default', name: own, version: '1.0.0' } } } }] }],
    ]
    for (const [name, rest] of attempts) {
      await addFlowOf(hub, other, name, rest)
      const { body } = expectStatus(200, await hub.call('POST', `/api/v1/flows/${name}/runs?wait=30s`, {}, { key: other }))
      expect(body, name).toMatchObject({ status: 'faulted', error: { type: expect.stringMatching(/configuration$/) } })
      expect(JSON.stringify(body), name).not.toContain('first tenant')
      expectStatus(404, await hub.call('GET', `/api/v1/runs/${body['id']}`))
      expectStatus(404, await hub.call('POST', `/api/v1/runs/${body['id']}/retry`, {}))
    }
    expect(upstream.asked.filter(({ url }) => url.startsWith('/items'))).toEqual([])
  } finally {
    await upstream.close()
  }
}))

async function addFlowOf(hub: TestHub, key: string, name: string, rest: object): Promise<string> {
  expectStatus(201, await hub.call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name, version: '1.0.0' }, ...Array.isArray(rest) ? { do: rest } : rest }, { key }))
  return name
}
