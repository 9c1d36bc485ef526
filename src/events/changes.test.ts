import { expect, test, vi } from 'vitest'
import { createAnnouncer, createChanges } from './changes.ts'

const waiting = { timeout: 20_000, interval: 2 }

test('what changes at once is told once, to followers of its tenant alone', async () => {
  const changes = createChanges({ gatherMs: 5 })
  const told: string[][] = []
  const stop = changes.follow('a', (topics) => { told.push(topics) })
  for (const topic of ['executions', 'integrations', 'executions']) changes.tell('a', topic)
  changes.tell('b', 'executions')
  await vi.waitFor(() => { expect(told).toEqual([['executions', 'integrations']]) }, waiting)
  changes.tell('a', 'keys')
  await vi.waitFor(() => { expect(told).toHaveLength(2) }, waiting)
  expect(told[1]).toEqual(['keys'])
  changes.tell('a', 'late')
  stop()
  changes.tell('a', 'later')
  await new Promise((resolve) => { setTimeout(resolve, 30) })
  expect(told).toHaveLength(2)
})

test('an announcement names each tenant once, however often it was made, in as many parts as fit', async () => {
  const sent: string[][] = []
  const announcer = createAnnouncer({ send: async (ids) => { sent.push(ids) }, onError: (error) => { throw error }, everyMs: 60_000 })
  for (let round = 0; round < 3; round += 1) for (let at = 0; at < 250; at += 1) announcer.announce(`t${at}`)
  await announcer.close()
  expect(sent.map((ids) => ids.length)).toEqual([200, 50])
  expect(new Set(sent.flat()).size).toBe(250)
})
