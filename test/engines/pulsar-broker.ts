/** A real Pulsar broker on free ports, with tokens demanded, and a little of what its own clients can do. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { openSync, closeSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'

const script = path.join(import.meta.dirname, 'engines.sh')

export interface TopicMessage { payload: string, properties: Record<string, string>, key?: string, messageId: string }

export interface Broker {
  serviceUrl: string
  token: string
  /** Messages in order, each acknowledged before the next is sent. */
  send(topic: string, messages: { payload: string, properties?: Record<string, string>, key?: string }[]): Promise<void>
  /** All that a topic holds, from its beginning. */
  read(topic: string): Promise<TopicMessage[]>
  /** Messages that a subscription has not acknowledged; undefined where there is none of that name. */
  backlog(topic: string, subscription: string): Promise<number | undefined>
  /** Stops it and starts it anew, on the same ports with the same data. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Whether one can be started on this machine: Pulsar installed, and a Java to run it. */
export function isPulsarReady(): boolean {
  return spawnSync('bash', [script, 'ready', 'pulsar'], { stdio: 'ignore' }).status === 0
}

export async function startBroker(): Promise<Broker> {
  const data = await mkdtemp(path.join(tmpdir(), 'interchange-broker-'))
  const [httpPort, port] = await Promise.all([freePort(), freePort()])
  const secret = randomBytes(32)
  const token = signedToken(secret, 'admin')
  const start = (): Promise<() => Promise<void>> => run({ data, httpPort, port, secret, token })
  const discard = (): Promise<void> => rm(data, { recursive: true, force: true })
  let stop = await start().catch(async (error: unknown) => {
    await discard()
    throw error
  })
  const serviceUrl = `ws://127.0.0.1:${httpPort}`
  const authorization = `Bearer ${token}`
  const open = async (endpoint: string): Promise<WebSocket> => {
    const socket = new WebSocket(`${serviceUrl}/ws/v2/${endpoint}`, { headers: { authorization }, perMessageDeflate: false })
    await once(socket, 'open')
    return socket
  }
  const place = (topic: string): string => `persistent/public/default/${topic}`
  return {
    serviceUrl, token,
    async send(topic, messages) {
      const socket = await open(`producer/${place(topic)}`)
      for (const message of messages) {
        const answer = once(socket, 'message')
        socket.send(JSON.stringify({ ...message, payload: Buffer.from(message.payload).toString('base64') }))
        const { result } = JSON.parse(((await answer)[0] as Buffer).toString()) as { result: string }
        if (result !== 'ok') throw new Error(result)
      }
      socket.terminate()
    },
    async read(topic) {
      const { lastConfirmedEntry, entriesAddedCounter } = await admin<{ lastConfirmedEntry: string, entriesAddedCounter: number }>(httpPort, token, `${place(topic)}/internalStats`) ?? { lastConfirmedEntry: '', entriesAddedCounter: 0 }
      if (entriesAddedCounter === 0 && lastConfirmedEntry.endsWith(':-1')) return []
      const socket = await open(`reader/${place(topic)}?messageId=earliest&receiverQueueSize=1000`)
      const found: TopicMessage[] = []
      let lastAt = performance.now()
      socket.on('message', (text) => {
        lastAt = performance.now()
        const message = JSON.parse((text as Buffer).toString()) as TopicMessage
        found.push({ ...message, payload: Buffer.from(message.payload, 'base64').toString() })
        socket.send(JSON.stringify({ messageId: message.messageId }))
      })
      // A reader is not told where the end is: a while of silence has to do, and whoever waits for more asks again.
      while (performance.now() - lastAt < 300) await pause(50)
      socket.terminate()
      return found
    },
    async backlog(topic, subscription) {
      const stats = await admin<{ subscriptions: Record<string, { msgBacklog: number }> }>(httpPort, token, `${place(topic)}/stats?getPreciseBacklog=true`)
      return stats?.subscriptions[subscription]?.msgBacklog
    },
    async restart() {
      await stop()
      stop = await start()
    },
    async close() {
      await stop()
      await discard()
    },
  }
}

interface Run { data: string, httpPort: number, port: number, secret: Buffer, token: string }

/** The broker ends with this process, however that ends: then the standard input closes. */
const keeper = 'exec 3<&0; "$0" start pulsar & broker=$!; cat <&3 & wait -n; kill -TERM $broker; for _ in $(seq 100); do kill -0 $broker 2>/dev/null || break; sleep 0.1; done; kill -KILL -- -$$'

async function run({ data, httpPort, port, secret, token }: Run): Promise<() => Promise<void>> {
  const log = path.join(data, 'broker.log')
  const output = openSync(log, 'a')
  const child = spawn('bash', ['-c', keeper, script], {
    detached: true, stdio: ['pipe', output, output],
    env: {
      ...process.env, PULSAR_DATA: data, PULSAR_HTTP_PORT: String(httpPort), PULSAR_PORT: String(port),
      PULSAR_SETTINGS: [
        'authenticationEnabled=true', 'authenticationProviders=org.apache.pulsar.broker.authentication.AuthenticationProviderToken', `tokenSecretKey=data:;base64,${secret.toString('base64')}`,
        'brokerClientAuthenticationPlugin=org.apache.pulsar.client.impl.auth.AuthenticationToken', `brokerClientAuthenticationParameters=token:${token}`,
        'authorizationEnabled=true', 'superUserRoles=admin',
      ].join('\n'),
    },
  })
  closeSync(output)
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.stdin!.end()
    await ended
  }
  try {
    await untilHealthy(child, httpPort, token)
  } catch (error) {
    await stop()
    throw new Error(`${(error as Error).message}\n${(await readFile(log, 'utf8')).split('\n').slice(-40).join('\n')}`, { cause: error })
  }
  return stop
}

const START_WITHIN_MS = 150_000

async function untilHealthy(child: ChildProcess, httpPort: number, token: string): Promise<void> {
  const until = performance.now() + START_WITHIN_MS
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`The broker ended with ${child.exitCode}.`)
    const response = await fetch(`http://127.0.0.1:${httpPort}/admin/v2/brokers/health`, { headers: { authorization: `Bearer ${token}` } }).catch(() => undefined)
    if (response?.ok) return
    await pause(250)
  }
  throw new Error('The broker did not become healthy.')
}

async function admin<Answer>(httpPort: number, token: string, what: string): Promise<Answer | undefined> {
  const response = await fetch(`http://127.0.0.1:${httpPort}/admin/v2/${what}`, { headers: { authorization: `Bearer ${token}` } })
  return response.ok ? await response.json() as Answer : undefined
}

/** RFC 7519, as Pulsar takes it. */
export function signedToken(secret: Buffer, subject: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256' })}.${part({ sub: subject })}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}
