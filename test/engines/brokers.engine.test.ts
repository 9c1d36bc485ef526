/** AsyncAPI calls against real brokers: MQTT 5 (mosquitto) and NATS. `engines.sh install brokers` brings them. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCalls, type CallsFixture } from '../../src/flows/calls/calls.fixture.ts'
import { closedPort } from '../../src/lib/http/test-upstream.ts'
import { json, startUpstream, type Upstream } from '../upstream.ts'
import { answering } from './answering.ts'

const script = fileURLToPath(new URL('engines.sh', import.meta.url))
const isReady = spawnSync('bash', [script, 'ready', 'brokers']).status === 0

describe.skipIf(!isReady)('with real brokers', () => {
  let brokers: ChildProcess
  let fixture: CallsFixture
  let documents: Upstream
  let ports: Record<string, number>
  beforeAll(async () => {
    ports = { mqtt: await closedPort(), nats: await closedPort() }
    brokers = spawn('bash', [script, 'start', 'brokers'], { env: { ...process.env, MQTT_PORT: String(ports['mqtt']), NATS_PORT: String(ports['nats']) }, stdio: 'ignore' })
    for (const port of Object.values(ports)) await answering(port)
    fixture = openCalls()
    documents = await startUpstream()
    documents.answer((_request, response) => {
      const servers = { mqtt5: { host: `127.0.0.1:${ports['mqtt']}`, protocol: 'mqtt5' }, nats: { host: `127.0.0.1:${ports['nats']}`, protocol: 'nats' } }
      json(response, 200, { asyncapi: '3.0.0', servers, channels: { c: { address: 'orders' } }, operations: { op: { channel: { $ref: '#/channels/c' } } } })
    })
  })
  afterAll(async () => {
    brokers.kill('SIGTERM')
    await once(brokers, 'exit')
    await fixture[Symbol.asyncDispose]()
    await documents.close()
  })

  const ask = (name: string, more: object): Promise<unknown> => fixture.run('asyncapi', { document: { endpoint: documents.url }, operation: 'op', server: { name }, authentication: { basic: { username: 'ada', password: 'pass-of-ada' } }, ...more })

  test.each(['mqtt5', 'nats'])('over %s what is published is consumed, with its headers', async (name) => {
    const consumed = ask(name, { subscription: { consume: { amount: 2, for: { seconds: 60 } } } })
    let isDone = false
    void consumed.finally(() => { isDone = true })
    // Whoever subscribes later has missed what was sent before.
    for (let id = 0; !isDone; id += 1) {
      await ask(name, { message: { payload: { id }, headers: { 'x-more': 'yes' } } })
      await new Promise((resolve) => { setTimeout(resolve, 50) })
    }
    expect(await consumed).toMatchObject([{ payload: { id: expect.any(Number) }, headers: { 'x-more': 'yes' } }, {}])
  })

  test('a credential that NATS refuses is a communication fault', async () => {
    expect(await fixture.faultOf('asyncapi', { document: { endpoint: documents.url }, operation: 'op', server: { name: 'nats' }, message: {}, authentication: { basic: { username: 'ada', password: 'another' } } })).toMatchObject({ type: expect.stringMatching(/communication$/), status: 401 })
  })
})
