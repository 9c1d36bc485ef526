/**
 * One WebSocket a page. It carries the tenant's events, and notices of what changed, which have no content: both say
 * only which queries are to be read again. What came while the page was away is caught up with by the cursor for
 * events, and for notices by reading again all that is shown.
 */
import type { CloudEvent } from './client.ts'

export type LiveState = 'connecting' | 'live' | 'offline'

export interface LiveOptions {
  tenant: string
  /** Asked for at each connection. */
  onNotice(topics: string[]): void
  onEvent(event: CloudEvent): void
  /** Connected again, after having been away. */
  onReturn(): void
}

export interface Live {
  state(): LiveState
  subscribe(changed: () => void): () => void
  close(): void
}

const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 2500
/** The hub pings the socket every 15 seconds; a page cannot see that, but it can ask whether the browser is online. */
const TOLERATED_FAILURES = 1

export function openLive(options: LiveOptions): Live {
  const listeners = new Set<() => void>()
  let state: LiveState = 'connecting'
  const turn = (next: LiveState): void => {
    if (state === next) return
    state = next
    for (const listener of listeners) listener()
  }
  const connection = keepConnected(options, turn)
  return {
    state: () => state,
    subscribe(changed) {
      listeners.add(changed)
      return () => { listeners.delete(changed) }
    },
    close: connection.close,
  }
}

function keepConnected(options: LiveOptions, turn: (state: LiveState) => void): { close(): void } {
  let socket: WebSocket | undefined
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false
  const read = reader(options, () => {
    failures = 0
    turn('live')
  })
  const retry = (): void => {
    socket = undefined
    if (closed) return
    failures += 1
    turn(failures > TOLERATED_FAILURES || !navigator.onLine ? 'offline' : 'connecting')
    clearTimeout(timer)
    timer = setTimeout(connect, Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)))
  }
  const connect = (): void => {
    const current = socket = new WebSocket(addressOf(options.tenant), 'interchange.events')
    current.addEventListener('open', () => { current.send(JSON.stringify({ subscribe: ['*'], notices: true, ...read.after() })) })
    current.addEventListener('message', ({ data }) => { if (current === socket) read.message(JSON.parse(String(data)) as Message) })
    current.addEventListener('close', () => { if (current === socket) retry() })
  }
  const hurry = (): void => {
    if (socket !== undefined) return
    clearTimeout(timer)
    connect()
  }
  window.addEventListener('online', hurry)
  connect()
  return {
    close() {
      closed = true
      window.removeEventListener('online', hurry)
      clearTimeout(timer)
      socket?.close()
    },
  }
}

function addressOf(tenant: string): URL {
  const address = new URL('/api/v1/bus/stream', location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  address.searchParams.set('tenant', tenant)
  return address
}

/** Knows where it is in the stream, from one connection to the next. */
function reader({ onReturn, onNotice, onEvent }: LiveOptions, connected: () => void): { message(message: Message): void, after(): { after?: string } } {
  let cursor: string | undefined
  let wasConnected = false
  return {
    after: () => (cursor === undefined ? {} : { after: cursor }),
    message({ subscribed, notice, cursor: place, event, error }) {
      if (subscribed !== undefined) {
        connected()
        if (wasConnected) onReturn()
        wasConnected = true
      }
      if (notice !== undefined) onNotice(notice)
      if (place !== undefined) cursor = place
      if (event !== undefined) onEvent(event)
      // A place that is no longer known: go on from now.
      if (error?.code === 'invalid_cursor') cursor = undefined
    },
  }
}

interface Message {
  subscribed?: string[]
  notice?: string[]
  cursor?: string
  event?: CloudEvent
  error?: { code: string }
}
