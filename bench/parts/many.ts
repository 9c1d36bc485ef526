/** Many integrations: called evenly, and stored beside the one that is called. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { key, newDataFolder, startHub, type MeasuredHub } from '../hub.ts'
import type { Load } from '../load.ts'
import type { Report } from '../report.ts'
import { connectItem } from './call-path.ts'
import { median } from './start.ts'

const SECONDS = 5
const ROUNDS = 3
const body = '{"operation":"getItem"}'

export async function measureMany(report: Report, load: Load): Promise<void> {
  const upstream = await load.startUpstream()
  const data = await newDataFolder()
  const hub = await startHub(data.path)
  try {
    const ids = await connectMany(hub, upstream.url, 1000)
    const paths = ids.map((id) => `/api/v1/integrations/${id}/run`)
    const pathsFile = join(data.path, 'paths.txt')
    await writeFile(pathsFile, paths.join('\n'))
    const one = (): ReturnType<Load['fire']> => load.fire({ url: hub.url + paths[0], key, body, concurrency: 64, seconds: SECONDS })
    const all = (): ReturnType<Load['fire']> => load.fire({ url: hub.url, key, body, concurrency: 64, seconds: SECONDS, pathsFile, paths })
    report.add({ name: '1,000 integrations called evenly, as share of one', value: 100 * await ratio(one, all), unit: '%', aim: { atLeast: 90 } })
    await connectMany(hub, upstream.url, 9000)
    report.add({ name: '1,000 called evenly with 10,000 stored, as share of one', value: 100 * await ratio(one, all), unit: '%', aim: { atLeast: 90 } })
  } finally {
    await hub.stop()
    await data.remove()
    await upstream.stop()
  }
}

/** Both are warm before they count, and take turns. */
async function ratio(base: () => ReturnType<Load['fire']>, other: () => ReturnType<Load['fire']>): Promise<number> {
  await other()
  const ratios: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const { rate } = await base()
    const { rate: otherRate, bad, errs, sample } = await other()
    if (bad + errs > 0) throw new Error(`${bad} calls failed: ${sample}`)
    ratios.push(otherRate / rate)
  }
  return median(ratios)
}

async function connectMany(hub: MeasuredHub, upstreamUrl: string, count: number): Promise<string[]> {
  const ids: string[] = []
  const batch = 20
  await connectItem(hub, upstreamUrl)
  while (ids.length < count) {
    ids.push(...await Promise.all(Array.from({ length: Math.min(batch, count - ids.length) }, (_, at) => connectItem(hub, upstreamUrl, `item ${ids.length + at}`))))
  }
  return ids
}
