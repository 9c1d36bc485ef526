/**
 * Speaks Pulsar's WebSocket API, for what a real broker does not do when it is asked to: break a connection at a given moment, answer no
 * more, refuse a message. Topics live in memory; a subscription is Shared. The real broker is in test/engines/.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { testCertificate } from '../../lib/http/test-certificate.ts'

export interface StoredMessage {
  messageId: string
  payload: string
  properties: Record<string, string>
  key?: string
  redeliveryCount: number
}

interface Subscription {
  /** To be delivered. */
  ready: StoredMessage[]
  /** Delivered and not acknowledged, with whom. */
  pending: Map<string, { message: StoredMessage, to: WebSocket }>
  acknowledged: string[]
}

export interface PulsarServer {
  url: string
  /** What was stored, by the topic's whole name. */
  topic(name: string): StoredMessage[]
  /** Of `<topic's whole name>/<subscription>`. */
  acknowledged(subscription: string): string[]
  /** Stores a message as if somebody had produced it. */
  add(topic: string, message: { payload: string, properties?: Record<string, string>, key?: string }): string
  /** Whoever asked for a WebSocket, also those who were refused. */
  asked: { url: string, headers: IncomingMessage['headers'] }[]
  /** Breaks all connections. */
  breakAll(): void
  connections(): number
  faults: {
    /** Needed as a bearer token. */
    token?: string
    /** Every handshake is answered so. */
    refuse?: { status: number, html: string, headers?: Record<string, string> }
    /** Nothing is answered to messages and pings. */
    isSilent?: boolean
    /** Stored, but not acknowledged. */
    withholds?: boolean
    /** So many messages are answered with an error instead of being stored. */
    refuseMessages?: number
    /** A larger frame closes the connection with 1009. */
    maxFrame?: number
  }
  close(): Promise<void>
}

/** The topics and what is done to them over WebSockets. */
class Topics {
  readonly topics = new Map<string, StoredMessage[]>()
  readonly subscriptions = new Map<string, Subscription>()
  readonly faults: PulsarServer['faults'] = {}
  readonly #deliver = new Set<() => void>()
  #ids = 0

  topic(name: string): StoredMessage[] {
    return this.topics.get(name) ?? this.topics.set(name, []).get(name)!
  }

  subscription(name: string): Subscription {
    return this.subscriptions.get(name) ?? this.subscriptions.set(name, { ready: [], pending: new Map(), acknowledged: [] }).get(name)!
  }

  store(name: string, { payload, properties = {}, key }: Parameters<PulsarServer['add']>[1]): string {
    const message = { messageId: Buffer.from(`id ${this.#ids += 1}`).toString('base64'), payload, properties, redeliveryCount: 0, ...key !== undefined && { key } }
    this.topic(name).push(message)
    for (const [each, { ready }] of this.subscriptions) if (each.startsWith(`${name}/`)) ready.push({ ...message })
    for (const run of this.#deliver) run()
    return message.messageId
  }

  produce(socket: WebSocket, name: string): void {
    const { faults } = this
    socket.on('message', (data) => {
      const text = (data as Buffer).toString()
      if (text.length > (faults.maxFrame ?? Infinity)) { socket.close(1009, 'Text message size exceeds maximum size'); return }
      if (faults.isSilent === true) return
      const { context, ...message } = JSON.parse(text) as { context: string, payload: string, properties: Record<string, string>, key?: string }
      if ((faults.refuseMessages ?? 0) > 0) {
        faults.refuseMessages! -= 1
        socket.send(JSON.stringify({ result: 'send-error:8', errorMsg: 'It could not be stored.', context }))
        return
      }
      const messageId = this.store(name, message)
      if (faults.withholds !== true) socket.send(JSON.stringify({ result: 'ok', messageId, context }))
    })
  }

  consume(socket: WebSocket, name: string, receiverQueueSize: number): void {
    const own = this.subscription(name)
    const run = (): void => {
      while (own.ready.length > 0 && own.pending.size < receiverQueueSize && socket.readyState === socket.OPEN) {
        const message = own.ready.shift()!
        own.pending.set(message.messageId, { message, to: socket })
        if (this.faults.isSilent !== true) socket.send(JSON.stringify({ ...message, publishTime: '2026-05-01T10:00:00.000Z' }))
      }
    }
    this.#deliver.add(run)
    run()
    socket.on('message', (data) => {
      const { type, messageId } = JSON.parse((data as Buffer).toString()) as { type?: string, messageId: string }
      const pending = own.pending.get(messageId)
      own.pending.delete(messageId)
      if (type === 'negativeAcknowledge' && pending !== undefined) own.ready.push({ ...pending.message, redeliveryCount: pending.message.redeliveryCount + 1 })
      else if (type === undefined) own.acknowledged.push(messageId)
      run()
    })
    socket.on('close', () => {
      this.#deliver.delete(run)
      const lost = [...own.pending.values()].filter(({ to }) => to === socket)
      for (const { message } of lost) own.pending.delete(message.messageId)
      own.ready.unshift(...lost.map(({ message }) => message))
      for (const each of this.#deliver) each()
    })
  }
}

export async function startPulsarServer({ tls = false }: { tls?: boolean } = {}): Promise<PulsarServer> {
  const http: Server = tls ? createTlsServer(testCertificate) : createServer()
  const sockets = new WebSocketServer({ noServer: true, autoPong: false, perMessageDeflate: false })
  const topics = new Topics()
  const { faults } = topics
  const asked: PulsarServer['asked'] = []
  http.on('upgrade', (request, socket, head) => {
    asked.push({ url: request.url!, headers: request.headers })
    const refusal = refusalOf(faults, request)
    if (refusal !== undefined) {
      socket.end(refusal)
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined)
      webSocket.on('ping', (data) => { if (faults.isSilent !== true) webSocket.pong(data) })
      const { pathname, searchParams } = new URL(request.url!, 'ws://server')
      const [kind, domain, tenant, namespace, ...rest] = pathname.replace(/^.*?\/ws\/v2\//, '').split('/').map(decodeURIComponent)
      if (kind === 'producer') topics.produce(webSocket, `${domain}://${tenant}/${namespace}/${rest[0]}`)
      else topics.consume(webSocket, `${domain}://${tenant}/${namespace}/${rest.join('/')}`, Number(searchParams.get('receiverQueueSize') ?? 1000))
    })
  })
  await new Promise<void>((resolve) => { http.listen(0, '127.0.0.1', resolve) })
  return {
    url: `${tls ? 'wss' : 'ws'}://127.0.0.1:${(http.address() as AddressInfo).port}`, asked, faults,
    topic: (name) => topics.topic(name), add: (name, message) => topics.store(name, message),
    acknowledged: (name) => topics.subscription(name).acknowledged,
    breakAll() { for (const each of sockets.clients) each.terminate() },
    connections: () => sockets.clients.size,
    async close() {
      for (const each of sockets.clients) each.terminate()
      http.closeAllConnections()
      await new Promise((resolve) => { http.close(resolve) })
    },
  }
}

/** A whole HTTP response, or undefined for who may come in. */
function refusalOf({ refuse, token }: PulsarServer['faults'], request: IncomingMessage): string | undefined {
  const isWrong = token !== undefined && request.headers.authorization !== `Bearer ${token}`
  const { status, html, headers = {} } = refuse ?? (isWrong ? { status: 401, html: '<html><head><title>Error 401 Failed to authenticate</title></head></html>' } : { status: 0, html: '' })
  if (status === 0) return undefined
  const lines = Object.entries({ 'content-length': String(html.length), ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `HTTP/1.1 ${status} Refused\r\n${lines}\r\n${html}`
}
