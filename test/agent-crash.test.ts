/** The hub is killed while an agent works: its run goes on where it was. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { startHubProcess } from './hub-process.ts'
import { createTestDatabase } from './postgres.ts'
import { addConnector, addIntegration, expectStatus } from './service.ts'
import { json, startUpstream } from './upstream.ts'

test('a tool call that was finished is not made again after a crash, and the agent comes to its end', { timeout: 120_000 }, async () => {
  const [database, dataFolder, service, ai] = await Promise.all([createTestDatabase(), mkdtemp(path.join(tmpdir(), 'interchange-agent-')), startUpstream(), startUpstream()])
  const answer = (message: object): object => ({ model: 'm', choices: [{ finish_reason: 'stop', message }], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } })
  let killed = false
  // The second turn hangs until the hub is killed.
  ai.answer(({ body }, response) => {
    const { messages } = JSON.parse(body) as { messages: { role: string }[] }
    if (messages.at(-1)?.role === 'user') json(response, 200, answer({ content: null, tool_calls: [{ id: 'call_1', function: { name: 'Shop__createItem', arguments: '{"body":{"name":"tea"}}' } }] }))
    else if (killed) json(response, 200, answer({ content: 'Made.' }))
  })
  const env = { DATABASE_URL: database.connectionString, INTERCHANGE_DATA: dataFolder }
  const first = await startHubProcess(env)
  let running = first
  try {
    const connector = await addConnector(first.call, service.url, { id: 'shop' })
    await addIntegration(first.call, { name: 'Shop', connector })
    await addIntegration(first.call, { name: 'Model', connector: 'ai-service', connection: { endpoint: ai.url, timeout: 600_000 }, configuration: { model: 'm' } })
    const agent = expectStatus(201, await first.call<{ id: string }>('POST', '/api/v1/agents', { name: 'maker', model: { integration: 'Model' }, tools: { operations: ['Shop/*'] } })).body
    const { id } = expectStatus(202, await first.call<{ id: string }>('POST', `/api/v1/agents/${agent.id}/runs`, { prompt: 'Make tea' })).body
    await vi.waitFor(() => { expect(ai.asked).toHaveLength(2) }, { timeout: 30_000, interval: 20 })
    await first.kill()
    killed = true
    running = await startHubProcess(env)
    await vi.waitFor(async () => {
      expect((await running.call('GET', `/api/v1/runs/${id}`)).body).toMatchObject({ status: 'completed', output: { text: 'Made.', steps: 2 } })
    }, { timeout: 60_000, interval: 200 })
    expect(service.asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /items'])
    expect(ai.asked).toHaveLength(3)
  } finally {
    await running.kill()
    await Promise.all([service.close(), ai.close()])
    await database.drop()
    await rm(dataFolder, { recursive: true, force: true })
  }
})
