/**
 * How long requests may take to arrive. Node's `requestTimeout` is one for all requests of a server and counts from the first byte to
 * the last, so it would cut a long upload: it stays off. Node bounds the headers; a body is bounded here, as a whole, or by its pauses
 * where it is streamed. No client that sends a byte now and then holds a connection for long.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

export interface ArrivalLimits {
  /** For the headers. */
  headersMs: number
  /** For a whole body. */
  bodyMs: number
  /** For a pause within a streamed body, on either side of the hub. */
  pauseMs: number
}

export const arrivalLimits: ArrivalLimits = { headersMs: 15_000, bodyMs: 120_000, pauseMs: 120_000 }

export interface Arrivals {
  /** The body of this request may take as long as it wants, but for pauses. */
  allowStream(request: IncomingMessage): void
}

interface Arrival { response: ServerResponse, timer: NodeJS.Timeout }

/** `refuse` answers a request whose body does not come. */
export function watchArrivals(server: Server, { bodyMs, pauseMs }: ArrivalLimits, refuse: (response: ServerResponse) => void): Arrivals {
  const arriving = new WeakMap<IncomingMessage, Arrival>()

  const cut = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.complete) return
    if (response.headersSent) request.destroy()
    else refuse(response)
  }

  // Before the routes see it: whatever they make of the request, its body comes in time.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!bringsBody(request)) return
    const arrival = { response, timer: setTimeout(cut, bodyMs, request, response).unref() }
    arriving.set(request, arrival)
    request.once('close', () => { clearTimeout(arrival.timer) })
  })

  return {
    allowStream(request) {
      const arrival = arriving.get(request)
      if (arrival === undefined) return
      const { socket } = request
      let received = socket.bytesRead
      clearTimeout(arrival.timer)
      arrival.timer = setTimeout(() => {
        // What comes behind the answer is of no use to anybody.
        if (socket.bytesRead === received || arrival.response.writableFinished) {
          cut(request, arrival.response)
          return
        }
        received = socket.bytesRead
        arrival.timer.refresh()
      }, pauseMs).unref()
    },
  }
}

function bringsBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}
