/** The specification's examples: all are valid, and all that need no container run to the end that they describe. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openHub, type TestHub } from '../hub.ts'
import { expectStatus } from '../service.ts'
import { expectations, type Expectation } from './examples.ts'
import { readExamples, specification } from './kit.ts'
import { findRun, startRun, storeFlow, type ConformanceRun } from './run-flow.ts'
import { startStandIn, type StandIn } from './stand-in.ts'

const examples = specification === undefined ? [] : readExamples(specification)
const patience = { timeout: 30_000, interval: 50 }

describe.skipIf(specification === undefined)("the specification's example", () => {
  let hub: TestHub, close: () => Promise<void>, standIn: StandIn

  beforeAll(async () => {
    standIn = await startStandIn();
    ({ hub, close } = await openHub({ env: { INTERCHANGE_ALLOW_SHELL: 'true', INTERCHANGE_ALLOW_COMMANDS: process.execPath } }))
  })
  afterAll(async () => {
    await close()
    await standIn.close()
  })

  for (const [at, { name, text }] of examples.entries()) {
    const expectation = expectations[name]
    test(`${name} is valid`, async () => {
      const { body } = expectStatus(200, await hub.call('POST', '/api/v1/flows/validate?allowMissing=true', text, { headers: { 'content-type': 'application/yaml' } }))
      expect((body as { findings: { severity: string }[] }).findings.filter(({ severity }) => severity === 'error')).toEqual([])
    })
    const needs = expectation?.needs
    test(needs === undefined ? `${name} runs` : `${name} runs (needs ${needs})`, async ({ skip }) => {
      skip(needs !== undefined, `It needs ${needs}.`)
      const key = await hub.addTenant(`example-${at}`)
      const run = await runExample({ hub, standIn, key }, text, expectation!)
      expect(run).toMatchObject({ status: expectation!.status, ...expectation!.output !== undefined && { output: expectation!.output }, ...expectation!.error !== undefined && { error: expectation!.error } })
      for (const asked of expectation!.asked ?? []) await vi.waitFor(() => { expect(standIn.asked().filter((one) => one.startsWith(asked))).not.toEqual([]) }, patience)
    })
  }
})

interface Place { hub: TestHub, standIn: StandIn, key: string }

async function runExample({ hub, standIn, key }: Place, source: string, { input, with: others = [], events = [], start, status, shortened, policy }: Expectation): Promise<ConformanceRun> {
  for (const text of others) await storeFlow(hub, { key, text })
  if (policy !== undefined) expectStatus(201, await hub.call('POST', '/api/v1/credentials', { id: 'mySecret', connector: 'http', credentials: { policy: JSON.parse(standIn.localized(JSON.stringify(policy))) } }, { key }))
  const text = standIn.localized(shortened === undefined ? source : source.replace(...shortened))
  const flow = await storeFlow(hub, { key, text })
  let id = start === false ? undefined : await startRun(hub, { key, flow, input })
  for (const event of events) {
    if (id !== undefined) await reached(hub, { key, id }, 'waiting')
    expectStatus(202, await hub.call('POST', '/api/v1/events', { specversion: '1.0', id: crypto.randomUUID(), source: '/examples', ...event.attributes, ...event, attributes: undefined }, { key }))
  }
  id ??= await vi.waitFor(async () => {
    const { body: { data } } = expectStatus(200, await hub.call<{ data: { id: string }[] }>('GET', `/api/v1/runs?flow=${flow}`, undefined, { key }))
    expect(data.length).toBe(1)
    return data[0]!.id
  }, patience)
  return reached(hub, { key, id }, status)
}

/** The run, once it is in this state, or over. */
function reached(hub: TestHub, { key, id }: { key: string, id: string }, status: string): Promise<ConformanceRun> {
  return vi.waitFor(async () => {
    const run = await findRun(hub, { key, id })
    expect([status, 'completed', 'faulted', 'cancelled']).toContain(run.status)
    return run
  }, patience)
}

// Only there where nothing else is, so that what is skipped counts what is not run.
if (specification === undefined) test.skip("the specification's examples: SERVERLESS_WORKFLOW_SPECIFICATION names no checkout of it", () => undefined)
else {
  test('every example is known, and said to end somehow', () => {
    expect(examples.map(({ name }) => name).filter((name) => expectations[name] === undefined)).toEqual([])
  })
}
