/** Webhooks in, events out: accepted and stored, delivered, fanned out; with an endpoint that hangs; with a backlog over a restart. */
import { newDataFolder, startHub, type MeasuredHub } from '../hub.ts'
import type { Load, LoadResult, Receiver } from '../load.ts'
import type { Report } from '../report.ts'
import { median } from './start.ts'

const secret = 'a secret for measuring with some length'
/** 1 KB with its filler. */
const body = '{"action":"opened","seq":{{seq}},"ts":{{ts}},"pad":"{{pad}}"}'
const SIZE_BYTES = 1024
const SECONDS = 8
const ROUNDS = 3

export async function measureEvents(report: Report, load: Load): Promise<void> {
  if (load.kind !== 'go') {
    process.stdout.write('left out: events are measured with the receiver in Go only\n')
    return
  }
  const receiver = await load.startReceiver()
  const data = await newDataFolder()
  let hub = await startHub(data.path)
  try {
    const { pathname } = new URL((await addSource(hub)).url)
    // A hub that was started again has another port.
    const fire: Fire = (more = {}) => fireAt(load, hub.url + pathname, more)
    await fire({ seconds: 3 })
    await measureAccept(report, fire)
    await measureDelivery(report, hub, { fire, receiver })
    await measureHanging(report, hub, { fire, receiver })
    await measureFanOut(report, hub, { fire, receiver })
    await measureMany(report, hub, { fire, receiver })
    await measureBacklog(report, hub, { fire, receiver, restart: async () => (hub = await startHub(data.path)) })
  } finally {
    await hub.stop()
    await data.remove()
    await receiver.stop()
  }
}

type Fire = (more?: { rate?: number, seconds?: number, count?: number, concurrency?: number }) => Promise<LoadResult>
interface Field { fire: Fire, receiver: Receiver }

export async function fireAt(load: Load, url: string, { seconds = SECONDS, concurrency = 64, ...more }: { rate?: number, seconds?: number, count?: number, concurrency?: number }): Promise<LoadResult> {
  const result = await load.fire({ url, body, sizeBytes: SIZE_BYTES, secret, seconds, concurrency, ...more })
  if (result.bad + result.errs > 0) throw new Error(`${result.bad + result.errs} webhooks were not taken: ${result.sample}`)
  return result
}

export async function addSource(hub: MeasuredHub): Promise<{ url: string }> {
  return hub.api('POST', '/api/v1/webhook-sources', { name: 'bench', verification: { scheme: 'github', secret } })
}

export async function addEndpoint(hub: MeasuredHub, url: string, more: Record<string, unknown> = {}): Promise<string> {
  const { id } = await hub.api<{ id: string }>('POST', '/api/v1/webhooks', { name: 'bench', url, events: ['*'], ...more })
  return id
}

async function measureAccept(report: Report, fire: Fire): Promise<void> {
  const rounds: LoadResult[] = []
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await fire())
  report.add({ name: 'webhooks accepted, verified and stored, 64 at once', value: median(rounds.map(({ rate }) => rate)), unit: '/s', aim: { atLeast: 8000 }, note: `median of ${ROUNDS}` })
  report.add({ name: 'accept p99, 64 at once', value: median(rounds.map(({ p99 }) => p99)), unit: 'ms', aim: { atMost: 40 }, note: `p50 ${median(rounds.map(({ p50 }) => p50)).toFixed(1)} ms` })
}

/** Waits until all that was sent has arrived, or nothing more does. */
async function arrived({ receiver }: Pick<Field, 'receiver'>, count: number, limitMs = 120_000): Promise<Awaited<ReturnType<Receiver['stats']>>> {
  const end = Date.now() + limitMs
  for (;;) {
    const stats = await receiver.stats()
    if (stats.n >= count) return stats
    if (Date.now() > end) throw new Error(`${stats.n} of ${count} deliveries arrived.`)
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}

async function measureDelivery(report: Report, hub: MeasuredHub, { fire, receiver }: Field): Promise<void> {
  const id = await addEndpoint(hub, `${receiver.url}/hook`, { filters: ['.data.action == "opened"'] })
  await fire({ seconds: 3, rate: 2000 })
  const rounds: { rate: number, p50: number, p99: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await settle(receiver)
    const { ok } = await fire()
    const { span, p50, p99, dup } = await arrived({ receiver }, ok)
    if (dup > 0) throw new Error(`${dup} events came twice.`)
    rounds.push({ rate: ok / span, p50, p99 })
  }
  report.add({ name: 'accepted, filtered, signed and delivered, 64 at once', value: median(rounds.map(({ rate }) => rate)), unit: '/s', aim: { atLeast: 3500 }, note: `median of ${ROUNDS}, each with its attempt's record` })
  report.add({ name: 'from the sender to the receiver at that rate (p50)', value: median(rounds.map(({ p50 }) => p50)), unit: 'ms', aim: { atMost: 25 }, note: `p99 ${median(rounds.map(({ p99 }) => p99)).toFixed(0)} ms` })
  await hub.api('DELETE', `/api/v1/webhooks/${id}`)
}

async function settle(receiver: Receiver): Promise<void> {
  for (let before = -1; ;) {
    const { n } = await receiver.stats()
    if (n === before) break
    before = n
    await new Promise((resolve) => { setTimeout(resolve, 300) })
  }
  await receiver.reset()
}

async function measureHanging(report: Report, hub: MeasuredHub, { fire, receiver }: Field): Promise<void> {
  const good = await addEndpoint(hub, `${receiver.url}/hook`)
  const shares: number[] = []
  const noted: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await settle(receiver)
    const without = await arrived({ receiver }, (await fire({ rate: 1000 })).ok)
    const hanging = await addEndpoint(hub, `${receiver.url}/hang`, { timeout: 5000 })
    await fire({ rate: 1000, seconds: 3 })
    await settle(receiver)
    const beside = await arrived({ receiver }, (await fire({ rate: 1000 })).ok)
    await hub.api('DELETE', `/api/v1/webhooks/${hanging}`)
    shares.push(beside.p99 / without.p99)
    noted.push(without.p99, beside.p99)
  }
  report.add({ name: "others' p99 beside an endpoint that hangs, as share of without", value: median(shares), unit: '×', aim: { atMost: 1.2 }, note: `at 1,000 a second; p99 in ms by turns: ${noted.map((each) => each.toFixed(0)).join(', ')}` })
  await hub.api('DELETE', `/api/v1/webhooks/${good}`)
}

async function measureFanOut(report: Report, hub: MeasuredHub, { fire, receiver }: Field): Promise<void> {
  const ids = await addMany(hub, 1000, (at) => ({ url: `${receiver.url}/fan/${at}` }))
  await fire({ count: 1, concurrency: 1, seconds: 10 })
  await arrived({ receiver }, 1000)
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await settle(receiver)
    const start = performance.now()
    await fire({ count: 1, concurrency: 1, seconds: 10 })
    await arrived({ receiver }, 1000)
    times.push((performance.now() - start) / 1000)
  }
  report.add({ name: 'one event to 1,000 endpoints, all delivered', value: median(times), unit: 's', aim: { atMost: 2 }, note: `median of ${ROUNDS}` })
  await removeMany(hub, ids)
}

async function measureMany(report: Report, hub: MeasuredHub, { fire, receiver }: Field): Promise<void> {
  const wanted = await addMany(hub, 3, (at) => ({ url: `${receiver.url}/three/${at}` }))
  const others = await addMany(hub, 7, (at) => ({ url: `${receiver.url}/other`, events: [`other.${at}`] }))
  const throughput = async (): Promise<number> => {
    await fire({ seconds: 2, rate: 500 })
    await settle(receiver)
    const { ok } = await fire()
    const { span } = await arrived({ receiver }, ok * 3)
    return ok / span
  }
  const few = [await throughput(), await throughput()]
  const more = await addMany(hub, 9990, (at) => ({ url: `${receiver.url}/other`, events: [`other.${at}.*`] }))
  const many = [await throughput(), await throughput()]
  report.add({ name: 'with 10,000 endpoints of which 3 match, as share of with 10', value: (100 * median(many)) / median(few), unit: '%', aim: { atLeast: 80 }, note: `${median(few).toFixed(0)} and ${median(many).toFixed(0)} events a second, each to 3` })
  await removeMany(hub, [...wanted, ...others, ...more])
}

const BACKLOG = 100_000

async function measureBacklog(report: Report, hub: MeasuredHub, { fire, receiver, restart }: Field & { restart(): Promise<MeasuredHub> }): Promise<void> {
  const id = await addEndpoint(hub, `${receiver.url}/hook`, { status: 'paused' })
  await fire({ count: BACKLOG, seconds: 120 })
  await hub.stop()
  const again = await restart()
  report.add({ name: `serving again with a backlog of ${BACKLOG.toLocaleString('en')}`, value: again.readyMs / 1000, unit: 's', aim: { atMost: 2 } })
  // As before each measurement: connections are opened and code is compiled, which a fresh process does with its first events.
  await fire({ rate: 200, seconds: 1 })
  await settle(receiver)
  await again.api('PATCH', `/api/v1/webhooks/${id}`, { status: 'active' })
  const start = performance.now()
  const p99s: number[] = []
  let sent = 0
  while ((await receiver.stats()).unique < BACKLOG) {
    const { p99, ok } = await fire({ rate: 200, seconds: 3 })
    p99s.push(p99)
    sent += ok
    if (performance.now() - start > 180_000) throw new Error('The backlog does not drain.')
  }
  report.add({ name: 'accept p99 while it drains', value: Math.max(...p99s), unit: 'ms', aim: { atMost: 100 }, note: `the worst of ${p99s.length} stretches of 3 s at 200 a second; drained in ${((performance.now() - start) / 1000).toFixed(0)} s, ${sent} more came meanwhile` })
}

async function addMany(hub: MeasuredHub, count: number, endpoint: (at: number) => { url: string } & Record<string, unknown>): Promise<string[]> {
  const ids: string[] = []
  for (let at = 0; at < count; at += 20) {
    ids.push(...await Promise.all(Array.from({ length: Math.min(20, count - at) }, (_, next) => {
      const { url, ...more } = endpoint(at + next)
      return addEndpoint(hub, url, more)
    })))
  }
  return ids
}

async function removeMany(hub: MeasuredHub, ids: string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += 20) await Promise.all(ids.slice(at, at + 20).map((id) => hub.api('DELETE', `/api/v1/webhooks/${id}`)))
}

