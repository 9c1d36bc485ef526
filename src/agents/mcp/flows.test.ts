import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startMailServer, type MailServer } from '../../connectors/smtp-email/mail-server.fixture.ts'
import { addAgentKey, connectClient, readResult } from '../../../test/agents.ts'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { expectStatus } from '../../../test/service.ts'

let hub: TestHub
let close: () => Promise<void>
let mail: MailServer
beforeAll(async () => {
  mail = await startMailServer({ hideSTARTTLS: true, allowInsecureAuth: true })
  ;({ hub, close } = await openHub())
  expectStatus(201, await hub.call('POST', '/api/v1/credentials', {
    id: 'smtp-credentials', connector: 'smtp-email', credentials: { host: '127.0.0.1', port: mail.port, secure: false, username: 'hub', password: 'right password', from: 'hub@example.com' },
  }))
  const slow = { document: { dsl: '1.0.3', namespace: 'default', name: 'slow', version: '1.0.0', title: 'Slow' }, do: [{ pause: { wait: { seconds: 6 } } }, { done: { set: { done: true } } }] }
  const broken = { document: { dsl: '1.0.3', namespace: 'default', name: 'broken', version: '1.0.0' }, do: [{ fail: { raise: { error: { type: 'https://example.com/sold-out', status: 409, title: 'Sold out', detail: 'No tea left' } } } }] }
  for (const flow of [slow, broken]) expectStatus(201, await hub.call('POST', '/api/v1/flows', flow))
})
afterAll(async () => {
  await close()
  await mail[Symbol.asyncDispose]()
})

const parameters = { to: 'ada@example.com', subject: 'Summary', body: '<p>All is well.</p>' }

test('trigger_integration_flow sends a real email through a mail server', async () => {
  const { key } = await addAgentKey(hub, { flows: ['send-summary-email'] })
  await using client = await connectClient(hub, key)
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['trigger_integration_flow', 'flow__send-summary-email']))
  expect(readResult(await client.callTool({ name: 'describe_flow', arguments: { flow_id: 'send-summary-email' } })).data).toMatchObject({ parameters: { required: ['to', 'subject', 'body'] } })
  const { isError, data } = readResult(await client.callTool({ name: 'trigger_integration_flow', arguments: { flow_id: 'send-summary-email', parameters } }))
  expect({ isError, data }).toMatchObject({ isError: false, data: { status: 'completed', run_id: expect.any(String) } })
  expect(mail.received.map(({ from, to, email }) => ({ from, to, subject: email.subject, html: email.html?.trim() }))).toEqual([{ from: 'hub@example.com', to: ['ada@example.com'], subject: 'Summary', html: '<p>All is well.</p>' }])
  const { contents: [content] } = await client.readResource({ uri: `interchange://runs/${data.run_id}` })
  expect(JSON.parse((content as { text: string }).text)).toMatchObject({ status: 'completed', name: 'send-summary-email', tasks: [{ name: 'send', status: 'completed' }] })
})

test('parameters that do not fit are refused before a run begins, and a dry run begins none', async () => {
  const { key } = await addAgentKey(hub, { flows: ['send-*'] })
  await using client = await connectClient(hub, key)
  mail.received.length = 0
  const refused = readResult(await client.callTool({ name: 'trigger_integration_flow', arguments: { flow_id: 'send-summary-email', parameters: { ...parameters, subject: 17, bcc: 'eve@example.com' } } }))
  expect(refused).toMatchObject({ isError: true, data: { error: { code: 'invalid_input' } } })
  expect(refused.data.error.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual(['/parameters/bcc', '/parameters/subject'])
  const typed = readResult(await client.callTool({ name: 'flow__send-summary-email', arguments: { to: 'a@b.co' } }))
  expect(typed).toMatchObject({ isError: true, data: { error: { code: 'invalid_input' } } })
  expect(readResult(await client.callTool({ name: 'trigger_integration_flow', arguments: { flow_id: 'send-summary-email', parameters, dry_run: true } })).data).toEqual({ dryRun: true, wouldStart: { flow_id: 'send-summary-email', version: '1.0.0', input: parameters } })
  expect((await hub.call('GET', '/api/v1/runs?flow=send-summary-email&trigger=agent')).body.data).toHaveLength(1)
  expect(mail.received).toEqual([])
})

test('a long run is told of as it goes on; what outlasts the call goes on by itself, and its end is asked for', async () => {
  const { key } = await addAgentKey(hub, { flows: ['slow'] })
  await using client = await connectClient(hub, key)
  const progress = vi.fn()
  const first = await client.callTool({ name: 'trigger_integration_flow', arguments: { flow_id: 'slow', wait_seconds: 2.5 } }, undefined, { onprogress: progress })
  expect(progress).toHaveBeenCalled()
  const { data } = readResult(first)
  expect(data).toMatchObject({ status: 'running', note: expect.stringContaining('get_run') })
  expect((first.content as { type: string, uri?: string }[]).at(-1)).toMatchObject({ type: 'resource_link', uri: `interchange://runs/${data.run_id}` })
  expect(readResult(await client.callTool({ name: 'get_run', arguments: { run_id: data.run_id, wait_seconds: 60 } })).data).toMatchObject({ status: 'completed', output: { done: true } })
})

test('a call that is cancelled ends the run that it began, unless it is to go on; a connection that is gone ends none', async () => {
  const { id: keyId, key } = await addAgentKey(hub, { flows: ['slow'] })
  await using client = await connectClient(hub, key)
  const runs = async (): Promise<{ id: string, status: string }[]> => (await hub.call('GET', '/api/v1/runs?flow=slow&trigger=agent')).body.data
  const known = new Set((await runs()).map(({ id }) => id))
  const begun = async (begin: () => Promise<unknown>, end: () => void | Promise<void>): Promise<string> => {
    const call = begin().catch((error: unknown) => error)
    const found = await vi.waitFor(async () => {
      const run = (await runs()).find(({ id }) => !known.has(id))
      expect(run).toBeDefined()
      return run!.id
    }, { timeout: 10_000, interval: 20 })
    known.add(found)
    await end()
    expect(await call).toBeInstanceOf(Error)
    return found
  }
  const abort = (): { begin: (name: string, args: object) => () => Promise<unknown>, end(): void } => {
    const controller = new AbortController()
    return { begin: (name, args) => () => client.callTool({ name, arguments: { ...args } }, undefined, { signal: controller.signal }), end: () => { controller.abort('no more') } }
  }
  const statusOf = async (id: string, status: string): Promise<void> => { await vi.waitFor(async () => { expect((await hub.call('GET', `/api/v1/runs/${id}`)).body.status).toBe(status) }, { timeout: 20_000, interval: 50 }) }
  const [own, byName, kept] = [abort(), abort(), abort()]
  const inTime = new AbortController()
  for (const cancelled of [await begun(own.begin('flow__slow', {}), own.end), await begun(byName.begin('trigger_integration_flow', { flow_id: 'slow' }), byName.end)]) {
    await statusOf(cancelled, 'cancelled')
    const entries = (await hub.call('GET', `/api/v1/audit?limit=100`)).body.data as { action: string, targetId: string, actor: string, detail: object }[]
    expect(entries.find(({ action, targetId }) => action === 'run.cancel' && targetId === cancelled)).toMatchObject({ actor: `key:${keyId}` })
    await vi.waitFor(async () => { expect(((await hub.call('GET', `/api/v1/audit?limit=100`)).body.data as { action: string, targetId: string }[]).find(({ action, targetId }) => action === 'tool.called' && targetId === cancelled)).toMatchObject({ detail: { outcome: 'caller_gone' } }) }, { timeout: 10_000, interval: 50 })
  }
  // A run that is still waited for is the key's own already.
  const during = await begun(() => client.callTool({ name: 'flow__slow', arguments: {} }, undefined, { signal: inTime.signal }), async () => {
    const { data: [run] } = (await hub.call('GET', '/api/v1/runs?flow=slow&trigger=agent&limit=1')).body as { data: { id: string }[] }
    expect(readResult(await client.callTool({ name: 'get_run', arguments: { run_id: run!.id } })).data).toMatchObject({ status: expect.stringMatching(/running|waiting/) })
    inTime.abort('no more')
  })
  await statusOf(during, 'cancelled')
  const goesOn = await begun(kept.begin('trigger_integration_flow', { flow_id: 'slow', keep_running: true }), kept.end)
  const other = await connectClient(hub, key)
  const left = await begun(() => other.callTool({ name: 'flow__slow', arguments: {} }), () => other.close())
  await statusOf(goesOn, 'completed')
  await statusOf(left, 'completed')
})

test('a run that faults is a failure with what the flow said; one may be cancelled', async () => {
  await using client = await connectClient(hub, hub.key)
  expect(readResult(await client.callTool({ name: 'flow__broken', arguments: {} }))).toMatchObject({ isError: true, data: { error: { code: 'flow_failed', message: expect.stringContaining('Sold out: No tea left'), run: { status: 'faulted' } } } })
  const { data } = readResult(await client.callTool({ name: 'trigger_integration_flow', arguments: { flow_id: 'slow', wait_seconds: 0 } }))
  expect(readResult(await client.callTool({ name: 'cancel_run', arguments: { run_id: data.run_id } })).isError).toBe(false)
  expect(readResult(await client.callTool({ name: 'get_run', arguments: { run_id: data.run_id, wait_seconds: 30 } })).data).toMatchObject({ status: 'cancelled' })
})

test("an agent's key starts no other flow, sees no other's run, and nothing of another tenant", async () => {
  const [one, other] = [await addAgentKey(hub, { flows: ['slow'] }), await addAgentKey(hub, { flows: ['send-*'] })]
  const call = (key: string, name: string, args: object): Promise<{ status: number, body: any }> => hub.call('POST', `/api/v1/agent/tools/${name}`, { arguments: args }, { key }) // eslint-disable-line typescript/no-explicit-any
  const { body } = await call(one.key, 'trigger_integration_flow', { flow_id: 'slow', wait_seconds: 0 })
  const b = await hub.addTenant('b')
  for (const key of [other.key, b]) {
    expect(await call(key, 'get_run', { run_id: body.run.id })).toMatchObject({ status: 404 })
    expect(await call(key, 'cancel_run', { run_id: body.run.id })).toMatchObject({ status: 404 })
    expect(await call(key, 'trigger_integration_flow', { flow_id: 'slow' })).toMatchObject({ status: 404, body: { code: 'tool_not_found' } })
    expect(await call(key, 'flow__slow', {})).toMatchObject({ status: 404, body: { code: 'tool_not_found' } })
  }
  expect(await call(one.key, 'cancel_run', { run_id: body.run.id })).toMatchObject({ status: 200 })
})
