/** The stream of events over WebSockets (RFC 6455), beside the routes: an upgrade is no request that Fastify answers. */
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { WebSocketServer, type WebSocket } from 'ws'
import { z } from 'zod'
import { HubError } from '../errors.ts'
import { parseJson } from '../lib/json/limits.ts'
import { fieldErrors } from '../lib/zod-errors.ts'
import type { OpenStream, StreamOptions } from '../events/streams.ts'
import { assertScope, authenticate, bearerOf, stillAllowed, type Asking } from './authenticate.ts'
import { asHubError, invalidRequest, repeatHeaders, toProblem } from './problem.ts'
import type { Services } from './services.ts'
import { HEARTBEAT_MS, STALLED_MS, streamQuery } from './streaming.ts'

export interface SocketOptions {
  services: Pick<Services, 'keys' | 'sessions' | 'publicUrl' | 'streams' | 'changes'>
  requestId(request: IncomingMessage): string
  heartbeatMs?: number
  stalledMs?: number
}

const PATH = '/api/v1/bus/stream'
const PROTOCOL = 'interchange.events'
const SCOPE = 'events:read'
/** Of a message from a client: they say what they subscribe to, and nothing else. */
const MAX_MESSAGE_BYTES = 64 * 1024
/** For the other side's goodbye, when the hub stops. */
const CLOSE_MS = 1000

/** For the server's `shouldUpgradeCallback`: what else asks to be upgraded is answered as if it had not. */
export function isStreamUpgrade({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && url.split('?', 1)[0]!.replace(/\/$/, '') === PATH
}

export function attachSocket(server: FastifyInstance, options: SocketOptions): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : [...offered][0]!) })
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const drop = (): void => { socket.destroy() }
    socket.on('error', drop)
    accept(request, options).then((accepted) => {
      socket.off('error', drop)
      sockets.handleUpgrade(request, socket, head, (ws) => { serve(ws, accepted, options) })
    }, (error: unknown) => { refuse(socket, asHubError(error), options.requestId(request)) })
  })
  server.addHook('preClose', (done) => {
    for (const ws of sockets.clients) {
      ws.close(closeCodes.goingAway, 'The hub is stopping.')
      setTimeout(() => { ws.terminate() }, CLOSE_MS).unref()
    }
    done()
  })
}

interface Accepted extends Pick<StreamOptions, 'caller' | 'stillAllowed'> { query: z.output<typeof streamQuery> }

async function accept(request: IncomingMessage, { services, requestId }: SocketOptions): Promise<Accepted> {
  const { tenant, ...query } = queryOf(request.url ?? '')
  const { headers } = request
  const asking: Asking = {
    method: 'GET', headers, requestId: requestId(request), tenant: typeof tenant === 'string' ? tenant : undefined,
    key: bearerOf(headers.authorization) ?? keyInProtocol(headers['sec-websocket-protocol']),
  }
  const caller = await authenticate(services, asking)
  assertScope(caller, SCOPE)
  return { caller, query: readQuery(query), stillAllowed: () => stillAllowed(services, asking, SCOPE) }
}

/** Browsers cannot set headers. */
function keyInProtocol(header: string | undefined): string | undefined {
  const offered = (header ?? '').split(',').map((each) => each.trim()).find((each) => each.startsWith('bearer.'))
  return offered?.slice('bearer.'.length)
}

function queryOf(url: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  const given = new URLSearchParams(url.split('?').slice(1).join('?'))
  for (const name of new Set(given.keys())) {
    const values = given.getAll(name)
    query[name] = values.length === 1 ? values[0]! : values
  }
  return query
}

function readQuery(query: Record<string, string | string[]>): Accepted['query'] {
  const result = streamQuery.safeParse(query)
  if (!result.success) throw invalidRequest(fieldErrors(result.error), 'query')
  return result.data
}

function refuse(socket: Duplex, error: HubError, requestId: string): void {
  const body = JSON.stringify(toProblem(error, requestId))
  const headers = {
    ...repeatHeaders(error), ...error.status === 401 && { 'www-authenticate': 'Bearer realm="interchange"' },
    'content-type': 'application/problem+json', 'content-length': String(Buffer.byteLength(body)), 'x-request-id': requestId, connection: 'close',
  }
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`)
}

const wish = z.strictObject({
  subscribe: z.array(z.string().min(1).max(300)).min(1).max(100),
  after: z.string().max(200).optional(),
  /** Be told, too, when something changes that is shown: topics such as `executions`, as `{ "notice": ["executions"] }`. */
  notices: z.boolean().optional(),
})

/** https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number */
const closeCodes = { goingAway: 1001, policy: 1008, internal: 1011, tryLater: 1013 }

function serve(ws: WebSocket, accepted: Accepted, options: SocketOptions): void {
  const gone = new AbortController()
  let current: Subscription | undefined
  const subscribe = (types: string[], after: string | undefined): void => {
    const before = current
    const next: Subscription = current = { controller: new AbortController(), last: undefined, done: Promise.resolve() }
    before?.controller.abort()
    next.done = (before?.done ?? Promise.resolve()).then(async () => {
      // Known only now, that the one before has ended: what its reader saw last.
      next.last = after ?? before?.last
      if (current === next && !gone.signal.aborted) await deliver(ws, next, { ...accepted, query: { ...accepted.query, types } }, gone.signal, options)
    }).catch((error: unknown) => { end(ws, asHubError(error)) })
  }
  let quiet: (() => void) | undefined
  const notify = (wanted: boolean): void => {
    quiet?.()
    quiet = wanted ? options.services.changes.follow(accepted.caller.tenantId, (topics) => { ws.send(JSON.stringify({ notice: topics }), () => undefined) }) : undefined
  }
  ws.on('message', (bytes, isBinary) => {
    try {
      if (isBinary) throw new HubError('invalid_request', 'Send messages as text.')
      const message = wish.safeParse(parseJson(bytes as Buffer))
      if (!message.success) throw invalidRequest(fieldErrors(message.error), 'body')
      notify(message.data.notices ?? false)
      subscribe(message.data.subscribe, message.data.after)
    } catch (error) {
      end(ws, asHubError(error))
    }
  })
  ws.on('close', () => {
    gone.abort()
    quiet?.()
  })
  ws.on('error', () => { ws.terminate() })
  keepAlive(ws, options.heartbeatMs ?? HEARTBEAT_MS)
  // Else nothing is sent before the client says what it wants.
  const { types, after, webhookSourceId } = accepted.query
  if (types.length > 0 || after !== undefined || webhookSourceId !== undefined) subscribe(types, after)
}

interface Subscription { controller: AbortController, last: string | undefined, done: Promise<void> }

async function deliver(ws: WebSocket, subscription: Subscription, { caller, stillAllowed, query: { types, webhookSourceId } }: Accepted, gone: AbortSignal, { services: { streams }, stalledMs = STALLED_MS }: SocketOptions): Promise<void> {
  const signal = AbortSignal.any([gone, subscription.controller.signal])
  const stream = await streams.open({ caller, types, webhookSourceId, after: subscription.last, stillAllowed, signal })
  await write(ws, JSON.stringify({ subscribed: types.length === 0 ? ['*'] : types }), stalledMs)
  for await (const page of stream.pages) {
    for (const { cursor, json } of page) {
      if (signal.aborted) return
      await write(ws, `{"cursor":"${cursor}","event":${json}}`, stalledMs)
      subscription.last = cursor
    }
  }
  closeFor(ws, stream.ended())
}

function closeFor(ws: WebSocket, reason: ReturnType<OpenStream['ended']>): void {
  if (reason === 'key') ws.close(closeCodes.policy, 'The API key or the session is no longer good.')
  if (reason === 'hub') ws.close(closeCodes.goingAway, 'The hub is stopping.')
}

/** Resolves when the bytes went to the socket; a reader that does not take them is cut off. */
function write(ws: WebSocket, text: string, stalledMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => { ws.terminate() }, stalledMs)
    ws.send(text, () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function end(ws: WebSocket, error: HubError): void {
  const { code, message, errors } = error
  ws.send(JSON.stringify({ error: { code, message, ...errors && { errors } } }), () => undefined)
  ws.close(error.status === 429 || error.status === 503 ? closeCodes.tryLater : error.status >= 500 ? closeCodes.internal : closeCodes.policy, code)
}

/** One that does not answer a ping until the next is gone. */
function keepAlive(ws: WebSocket, everyMs: number): void {
  let answered = true
  ws.on('pong', () => { answered = true })
  const timer = setInterval(() => {
    if (!answered) ws.terminate()
    answered = false
    ws.ping()
  }, everyMs)
  timer.unref()
  ws.on('close', () => { clearInterval(timer) })
}
