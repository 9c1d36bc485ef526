/** The call path against a bare reverse proxy, and against the same call made directly. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { key, newDataFolder, startHub, type MeasuredHub } from '../hub.ts'
import { stopChild, type Load } from '../load.ts'
import type { Report } from '../report.ts'
import { median } from './start.ts'

const SECONDS = 6
const ROUNDS = 3
const runItem = '{"operation":"getItem"}'

export async function measureCallPath(report: Report, load: Load): Promise<void> {
  const upstream = await load.startUpstream()
  const proxy = await startProxy(upstream.url)
  const data = await newDataFolder()
  const hub = await startHub(data.path)
  try {
    const id = await connectItem(hub, upstream.url)
    const target = `${hub.url}/api/v1/integrations/${id}/run`
    await load.fire({ url: target, key, body: runItem, concurrency: 64, seconds: 3 })
    await load.fire({ url: proxy.url, body: runItem, concurrency: 64, seconds: 2 })
    const rounds: { hub: number, proxy: number, p50: number, p99: number }[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      // In turn, so that a slow minute of the machine meets both.
      const bare = await load.fire({ url: proxy.url, body: runItem, concurrency: 64, seconds: SECONDS })
      const ours = await load.fire({ url: target, key, body: runItem, concurrency: 64, seconds: SECONDS })
      if (ours.bad + ours.errs > 0) throw new Error(`${ours.bad} calls failed: ${ours.sample}`)
      rounds.push({ hub: ours.rate, proxy: bare.rate, p50: ours.p50, p99: ours.p99 })
    }
    report.add({ name: 'calls a second, 64 at once', value: median(rounds.map((each) => each.hub)), unit: '/s', aim: { atLeast: 4000 }, note: `p50 ${median(rounds.map((each) => each.p50)).toFixed(1)} ms, p99 ${median(rounds.map((each) => each.p99)).toFixed(1)} ms, median of ${ROUNDS}` })
    report.add({ name: 'bare Fastify reverse proxy, 64 at once', value: median(rounds.map((each) => each.proxy)), unit: '/s' })
    report.add({ name: 'calls as share of the bare proxy', value: 100 * median(rounds.map((each) => each.hub / each.proxy)), unit: '%', aim: { atLeast: 50 } })
    await measureAlone(report, { target, upstreamUrl: upstream.url })
  } finally {
    await hub.stop()
    await data.remove()
    await proxy.stop()
    await upstream.stop()
  }
}

/** One call at a time, by turns directly and through the hub, from the same client. */
async function measureAlone(report: Report, { target, upstreamUrl }: { target: string, upstreamUrl: string }): Promise<void> {
  const { origin, pathname } = new URL(target)
  const hub = new Pool(origin, { connections: 1 })
  const direct = new Pool(upstreamUrl, { connections: 1 })
  const through: number[] = []
  const directly: number[] = []
  for (let call = 0; call < 2000; call += 1) {
    directly.push(await timed(async () => (await direct.request({ method: 'GET', path: '/item' })).body.text()))
    through.push(await timed(async () => (await hub.request({ method: 'POST', path: pathname, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: runItem })).body.text()))
  }
  await Promise.all([hub.close(), direct.close()])
  report.add({ name: 'added to a call made directly, one at a time (p50)', value: median(through) - median(directly), unit: 'ms', aim: { atMost: 1.5 }, note: `direct ${median(directly).toFixed(2)} ms, through ${median(through).toFixed(2)} ms` })
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** A tiny document with one operation, and an integration of it that no limit holds back. */
export async function connectItem(hub: MeasuredHub, upstreamUrl: string, name = 'item'): Promise<string> {
  const { data } = await hub.api<{ data: { id: string }[] }>('GET', '/api/v1/connectors')
  if (!data.some(({ id }) => id === 'item')) {
    await hub.api('POST', '/api/v1/connectors/import?id=item', {
      document: { openapi: '3.1.0', info: { title: 'Item', version: '1' }, servers: [{ url: upstreamUrl }], paths: { '/item': { get: { operationId: 'getItem', responses: { 200: { description: 'It.' } } } } } },
    })
  }
  const { id } = await hub.api<{ id: string }>('POST', '/api/v1/integrations?test=false', {
    name, connector: 'item', connection: { endpoint: upstreamUrl }, dataHandling: { rateLimit: { requestsPerMinute: 10_000_000 } },
  })
  return id
}

async function startProxy(upstreamUrl: string): Promise<{ url: string, stop(): Promise<void> }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../reverse-proxy.mjs', import.meta.url)), upstreamUrl], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const [, found] = /ready (\d+)/.exec(String(chunk)) ?? []
      if (found !== undefined) resolve(found)
    })
  })
  return { url: `http://127.0.0.1:${port}/item`, stop: () => stopChild(child) }
}
