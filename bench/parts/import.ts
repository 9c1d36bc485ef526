/** GitHub's document, 13 MB: how long its import takes, what others notice of it, and what one of its operations costs. */
import { Pool } from 'undici'
import { createDocumentArchive } from '../../src/catalog/directory/archive.ts'
import { readConfig } from '../../src/config.ts'
import { key, newDataFolder, startHub, type MeasuredHub } from '../hub.ts'
import type { Load } from '../load.ts'
import type { Report } from '../report.ts'
import { connectItem, timed } from './call-path.ts'
import { median } from './start.ts'

export async function measureImport(report: Report, load: Load): Promise<void> {
  const archive = createDocumentArchive({ cacheFolder: readConfig(process.env).cacheFolder })
  const document = await archive.read('github.com/api.github.com.json')
  await archive.close()
  const upstream = await load.startUpstream()
  const data = await newDataFolder()
  const hub = await startHub(data.path)
  try {
    const meanwhile = probe(hub)
    const importMs = await timed(() => importDocument(hub, document))
    const latencies = await meanwhile.stop()
    report.add({ name: `import of GitHub's document (${(document.length / 1e6).toFixed(0)} MB)`, value: importMs / 1000, unit: 's', aim: { atMost: 5 } })
    report.add({ name: 'API p99 during the import', value: latencies[Math.floor((latencies.length - 1) * 0.99)] ?? 0, unit: 'ms', aim: { atMost: 100 }, note: `${latencies.length} requests` })
    await measureOperation(report, hub, upstream.url)
  } finally {
    await hub.stop()
    await data.remove()
    await upstream.stop()
  }
}

async function importDocument(hub: MeasuredHub, document: Buffer): Promise<void> {
  const response = await fetch(`${hub.url}/api/v1/connectors/import?id=github`, {
    method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' }, body: new Uint8Array(document),
  })
  if (!response.ok) throw new Error(`the import answered ${response.status}: ${(await response.text()).slice(0, 500)}`)
  await response.arrayBuffer()
}

/** Small requests all the while, a hundred a second. */
function probe(hub: MeasuredHub): { stop(): Promise<number[]> } {
  const pool = new Pool(hub.url, { connections: 4 })
  const latencies: number[] = []
  const waiting: Promise<unknown>[] = []
  const timer = setInterval(() => {
    waiting.push(timed(async () => (await pool.request({ method: 'GET', path: '/api/v1/integrations', headers: { authorization: `Bearer ${key}` } })).body.text()).then((ms) => latencies.push(ms)))
  }, 10)
  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(waiting)
      await pool.close()
      return latencies.sort((a, b) => a - b)
    },
  }
}

async function measureOperation(report: Report, hub: MeasuredHub, upstreamUrl: string): Promise<void> {
  const small = await connectItem(hub, upstreamUrl)
  const { id: large } = await hub.api<{ id: string }>('POST', '/api/v1/integrations?test=false', {
    name: 'github', connector: 'github', connection: { endpoint: upstreamUrl }, dataHandling: { rateLimit: { requestsPerMinute: 10_000_000 } },
  })
  const run = (id: string, operation: string, input: unknown): Promise<number> => timed(() => hub.api('POST', `/api/v1/integrations/${id}/run`, { operation, input }))
  const ofLarge: number[] = []
  const ofSmall: number[] = []
  const first = await run(large, 'repos/get', { owner: 'o', repo: 'item' })
  for (let call = 0; call < 500; call += 1) {
    ofLarge.push(await run(large, 'repos/get', { owner: 'o', repo: 'item' }))
    ofSmall.push(await run(small, 'getItem', {}))
  }
  report.add({ name: "added by a large document to an operation's call (p50)", value: median(ofLarge) - median(ofSmall), unit: 'ms', aim: { atMost: 1 }, note: `its first call took ${first.toFixed(0)} ms` })
}
