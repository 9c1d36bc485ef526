/** From nothing to ready, from an existing folder to ready, and memory at rest. */
import { newDataFolder, startHub } from '../hub.ts'
import type { Report } from '../report.ts'

export async function measureStart(report: Report): Promise<void> {
  const fresh: number[] = []
  const existing: number[] = []
  let memory = { hub: 0, postgres: 0 }
  for (let round = 0; round < 3; round += 1) {
    const data = await newDataFolder()
    const first = await startHub(data.path)
    fresh.push(first.readyMs)
    await first.stop()
    const second = await startHub(data.path)
    existing.push(second.readyMs)
    if (round === 2) {
      await new Promise((resolve) => { setTimeout(resolve, 3000) })
      memory = second.memory()
    }
    await second.stop()
    await data.remove()
  }
  report.add({ name: 'fresh data folder to ready', value: median(fresh) / 1000, unit: 's', aim: { atMost: 3 }, note: 'median of 3' })
  report.add({ name: 'existing data folder to ready', value: median(existing) / 1000, unit: 's', aim: { atMost: 1.5 }, note: 'median of 3' })
  report.add({ name: 'resident memory at rest, hub', value: memory.hub, unit: 'MB', aim: { atMost: 160 } })
  report.add({ name: 'memory at rest, Postgres', value: memory.postgres, unit: 'MB', aim: { atMost: 60 }, note: 'proportional share' })
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
