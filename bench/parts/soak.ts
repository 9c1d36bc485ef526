/** Webhooks at a steady pace for minutes: what is accepted must not pile up in memory. Takes twenty minutes, so it runs only where it is asked for. */
import { newDataFolder, startHub } from '../hub.ts'
import type { Load } from '../load.ts'
import type { Report } from '../report.ts'
import { addEndpoint, addSource, fireAt } from './events.ts'
import { median } from './start.ts'

const ROUNDS = 3
const RATE = 1000
const WARM_UP_SECONDS = 60
const SECONDS = 300

export async function measureSoak(report: Report, load: Load): Promise<void> {
  if (load.kind !== 'go') {
    process.stdout.write('left out: events are measured with the receiver in Go only\n')
    return
  }
  const rounds: { growth: number, atLeast: number, p99: number, mb: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await soak(load))
  report.add({ name: `memory after ${SECONDS / 60} minutes at ${RATE} webhooks a second, against after warm-up`, value: median(rounds.map(({ growth }) => growth)), unit: '%', aim: { atMost: 5 }, note: `median of ${ROUNDS}: ${rounds.map(({ growth, mb }) => `${growth.toFixed(1)} % to ${mb.toFixed(0)} MB`).join(', ')}` })
  report.add({ name: 'least of the rates held', value: Math.min(...rounds.map(({ atLeast }) => atLeast)), unit: '/s', aim: { atLeast: RATE * 0.99 }, note: `accept p99 ${median(rounds.map(({ p99 }) => p99)).toFixed(1)} ms; all of them delivered` })
}

async function soak(load: Load): Promise<{ growth: number, atLeast: number, p99: number, mb: number }> {
  const receiver = await load.startReceiver()
  const data = await newDataFolder()
  const hub = await startHub(data.path)
  try {
    const url = hub.url + new URL((await addSource(hub)).url).pathname
    await addEndpoint(hub, `${receiver.url}/hook`)
    await fireAt(load, url, { rate: RATE, seconds: WARM_UP_SECONDS })
    const before = hub.memory().hub
    await receiver.reset()
    const { rate, p99, ok } = await fireAt(load, url, { rate: RATE, seconds: SECONDS })
    // A moment for what is under way.
    await new Promise((resolve) => { setTimeout(resolve, 2000) })
    const after = hub.memory().hub
    const { unique } = await receiver.stats()
    if (unique < ok) throw new Error(`${unique} of ${ok} were delivered.`)
    return { growth: (100 * (after - before)) / before, atLeast: rate, p99, mb: after }
  } finally {
    await hub.stop()
    await data.remove()
    await receiver.stop()
  }
}
