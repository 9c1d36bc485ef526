/** Runs of flows: begun by webhooks, many tasks, awaited; waiting by the hundred thousand; with a large value. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { key, newDataFolder, startHub, type MeasuredHub } from '../hub.ts'
import type { Load } from '../load.ts'
import type { Report } from '../report.ts'
import { fireAt } from './events.ts'
import { median } from './start.ts'

const secret = 'a secret for measuring with some length'
const SECONDS = 8
const ROUNDS = 3
const WAITING = 100_000
const AT_ONCE = 500

export async function measureFlows(report: Report, load: Load): Promise<void> {
  const data = await newDataFolder()
  let hub = await startHub(data.path)
  try {
    const { readyMs } = hub
    await measureBegun(report, hub, load)
    await measureTasks(report, hub, load)
    await measureAwaited(report, hub)
    await measureLarge(report, hub)
    await measureWaiting(report, hub)
    await hub.stop()
    hub = await startHub(data.path)
    report.add({ name: 'ready with 100,000 runs that wait, as share of an empty start', value: hub.readyMs / readyMs, unit: '×', aim: { atMost: 1.2 }, note: `${(readyMs / 1000).toFixed(2)} s with a fresh folder, ${(hub.readyMs / 1000).toFixed(2)} s with them` })
  } finally {
    await hub.stop()
    await data.remove()
  }
}

async function publish(hub: MeasuredHub, name: string, rest: Record<string, unknown>, interchange: Record<string, unknown> = {}): Promise<void> {
  await hub.api('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name, version: '1.0.0', metadata: { interchange } }, ...rest })
}

/** Until no run of the flow is under way. */
async function ended(hub: MeasuredHub, flow: string): Promise<void> {
  for (const status of ['pending', 'running']) {
    while ((await hub.api<{ data: unknown[] }>('GET', `/api/v1/runs?flow=${flow}&status=${status}&limit=1`)).data.length > 0) await pause(20)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms) })
}

async function measureBegun(report: Report, hub: MeasuredHub, load: Load): Promise<void> {
  const { url } = await hub.api<{ url: string }>('POST', '/api/v1/webhook-sources', { name: 'bench', verification: { scheme: 'github', secret } })
  await publish(hub, 'begun', { do: [{ keep: { set: { action: '${ .data.action }' } } }] }, { triggers: [{ webhook: { source: 'bench' } }] })
  const fire = (seconds: number): ReturnType<typeof fireAt> => fireAt(load, hub.url + new URL(url).pathname, { seconds })
  await fire(2)
  await ended(hub, 'begun')
  const rounds: { rate: number, p99: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now()
    const { ok, p99 } = await fire(SECONDS)
    await ended(hub, 'begun')
    rounds.push({ rate: ok / ((performance.now() - start) / 1000), p99 })
  }
  report.add({ name: 'webhook → flow of one task, begun and over, 64 at once', value: median(rounds.map(({ rate }) => rate)), unit: '/s', aim: { atLeast: 2000 }, note: `median of ${ROUNDS}, each durable` })
  report.add({ name: 'accept p99 of these webhooks', value: median(rounds.map(({ p99 }) => p99)), unit: 'ms', aim: { atMost: 100 } })
}

async function measureTasks(report: Report, hub: MeasuredHub, load: Load): Promise<void> {
  await publish(hub, 'ten', { do: Array.from({ length: 10 }, (_, at) => ({ [`task${at}`]: { set: { [`field${at}`]: '${ .input }', n: at } } })) })
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now()
    const { ok, bad, sample } = await load.fire({ url: `${hub.url}/api/v1/flows/ten/runs`, key, body: '{"input":{"input":1}}', concurrency: 64, seconds: SECONDS })
    if (bad > 0) throw new Error(`${bad} runs were not begun: ${sample}`)
    await ended(hub, 'ten')
    rates.push(ok * 10 / ((performance.now() - start) / 1000))
  }
  report.add({ name: 'light tasks in runs of ten, 64 begun at once', value: median(rates), unit: '/s', aim: { atLeast: 5000 }, note: `median of ${ROUNDS}` })
}

async function measureAwaited(report: Report, hub: MeasuredHub): Promise<void> {
  await publish(hub, 'one', { do: [{ keep: { set: { n: 1 } } }] })
  const timed = async (flow: string): Promise<number> => {
    const times: number[] = []
    for (let at = 0; at < 220; at += 1) {
      const start = performance.now()
      await hub.api('POST', `/api/v1/flows/${flow}/runs?wait=30s`, { input: { input: 1 } })
      if (at >= 20) times.push(performance.now() - start)
    }
    return median(times)
  }
  const [one, ten] = [await timed('one'), await timed('ten')]
  report.add({ name: 'a flow of one task awaited over HTTP (p50)', value: one, unit: 'ms', aim: { atMost: 15 } })
  report.add({ name: 'added by a task in a single run (p50)', value: (ten - one) / 9, unit: 'ms', aim: { atMost: 3 }, note: `ten tasks ${ten.toFixed(1)} ms` })
}

async function measureLarge(report: Report, hub: MeasuredHub): Promise<void> {
  const text = JSON.stringify({ pad: 'x'.repeat(10 * 1024 * 1024) })
  const server = createServer((_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(text) })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  try {
    await publish(hub, 'large', { do: [{ get: { call: 'http', with: { method: 'get', endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` } } }, ...Array.from({ length: 5 }, (_, at) => ({ [`pass${at}`]: { set: '${ . }' } }))] })
    const before = hub.memory().hub
    let most = before
    const timer = setInterval(() => { most = Math.max(most, hub.memory().hub) }, 10)
    await hub.api('POST', '/api/v1/flows/large/runs?wait=60s', {}).finally(() => { clearInterval(timer) })
    report.add({ name: 'added by 10 MB passed through five tasks, hub', value: most - before, unit: 'MB', aim: { atMost: 100 }, note: `${before.toFixed(0)} MB before` })
  } finally {
    server.close()
  }
}

async function measureWaiting(report: Report, hub: MeasuredHub): Promise<void> {
  await publish(hub, 'parked', { schedule: { on: { one: { with: { type: 'park' } } } }, do: [{ rest: { wait: { hours: 12 } } }] })
  await publish(hub, 'timer', { do: [{ rest: { wait: { seconds: 3 } } }] })
  const before = hub.memory().hub
  for (let sent = 0; sent < WAITING; sent += AT_ONCE) {
    await hub.api('POST', '/api/v1/events', Array.from({ length: AT_ONCE }, (_, at) => ({ specversion: '1.0', id: `${sent + at}`, source: '/bench', type: 'park', data: 1 })))
    await ended(hub, 'parked')
  }
  const late: number[] = []
  for (let at = 0; at < 20; at += 1) {
    const { id } = await hub.api<{ id: string }>('POST', '/api/v1/flows/timer/runs?wait=30s', {})
    const { startedAt, endedAt } = await hub.api<{ startedAt: string, endedAt: string }>('GET', `/api/v1/runs/${id}`)
    late.push(Date.parse(endedAt) - Date.parse(startedAt) - 3000)
  }
  report.add({ name: 'added by 100,000 runs that wait, hub', value: hub.memory().hub - before, unit: 'MB', aim: { atMost: 50 }, note: `${before.toFixed(0)} MB before` })
  report.add({ name: 'timers late beside them (the latest of 20)', value: Math.max(...late), unit: 'ms', aim: { atMost: 1000 } })
}
