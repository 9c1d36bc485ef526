/** Messages over a WebSocket of their own. */
import type { WebSocket } from 'ws'
import { HubError } from '../../../errors.ts'
import { openSocket } from '../../../lib/http/socket.ts'
import { fromError } from '../failure.ts'
import { decodePayload, encodePayload } from '../payload.ts'
import { TIMEOUT_MS, type Inbound, type Place, type Protocol, type ProtocolDeps } from '../protocol.ts'
import { MessageQueue } from '../queue.ts'

const CLOSING_MS = 2000

export const ws: Protocol = {
  names: ['ws', 'wss'],
  async publish(deps, place, { payload, headers }) {
    const socket = await open(deps, place, headers)
    try {
      await new Promise<void>((resolve, reject) => { socket.send(encodePayload(payload).toString('utf8'), (error) => { if (error === undefined || error === null) resolve(); else reject(fromError(error, hostOf(place))) }) })
    } finally {
      await close(socket)
    }
  },
  async* subscribe(deps, place) {
    const queue = new MessageQueue<Inbound>()
    const socket = await open(deps, place, {}, (bytes) => {
      if (!queue.push({ payload: decodePayload(bytes) })) queue.end(new HubError('upstream_response_too_large', `${hostOf(place)} sends messages faster than they are taken.`))
    })
    const onAbort = (): void => { queue.end() }
    place.signal.addEventListener('abort', onAbort, { once: true })
    socket.on('close', () => { queue.end() }).on('error', (error) => { queue.end(fromError(error, hostOf(place))) })
    try {
      yield* queue.read()
    } finally {
      place.signal.removeEventListener('abort', onAbort)
      await close(socket)
    }
  },
}

/** The listener is there before the first message can be. */
function open({ guard }: ProtocolDeps, place: Place, headers: Record<string, string>, onMessage?: (bytes: Buffer) => void): Promise<WebSocket> {
  const url = URL.parse(`${place.protocol}://${place.server.replace(/\/+$/, '')}/${place.channel.replace(/^\/+/, '')}`)
  if (url === null || url.username !== '' || url.password !== '') throw new HubError('address_refused', 'The server is not an address.', { beforeSending: true })
  place.signal.throwIfAborted()
  const socket = openSocket(guard, { url, headers: { ...headers, ...place.credential !== undefined && { authorization: place.credential.header } } })
  if (onMessage !== undefined) socket.on('message', (data) => { onMessage(Buffer.isBuffer(data) ? data : Buffer.concat([data].flat() as Buffer[])) })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => { fail(new HubError('upstream_timeout', `${url.host} did not open the WebSocket in time.`)) }, TIMEOUT_MS)
    const onAbort = (): void => { fail(place.signal.reason as Error) }
    const done = (): void => {
      clearTimeout(timer)
      place.signal.removeEventListener('abort', onAbort)
    }
    const fail = (error: unknown): void => {
      done()
      socket.on('error', () => undefined).terminate()
      reject(error as Error)
    }
    place.signal.addEventListener('abort', onAbort, { once: true })
    socket.once('open', () => {
      done()
      resolve(socket)
    })
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      fail(new HubError((response.statusCode ?? 0) >= 500 ? 'upstream_unavailable' : 'upstream_rejected', `${url.host} answered ${response.statusCode} instead of opening a WebSocket.`, { upstreamStatus: response.statusCode ?? 0 }))
    })
    socket.once('error', (error) => { fail(fromError(error, url.host)) })
  })
}

/** What was sent is out once the closing is answered. */
function close(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) {
      resolve()
      return
    }
    const timer = setTimeout(() => { socket.terminate() }, CLOSING_MS)
    socket.on('error', () => undefined).once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.close()
  })
}

function hostOf({ server }: Place): string {
  return server.split('/', 1)[0]!
}
