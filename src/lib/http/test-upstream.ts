/** Real servers for the tests of this folder. */
import { once } from 'node:events'
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'

export interface Upstream extends AsyncDisposable {
  port: number
  /** `http://127.0.0.1:port`, or https. */
  url: string
  /** Connections taken so far, and how many of them are open. */
  connections: { total: number, open: number }
  requests: { method: string, path: string, headers: IncomingMessage['headers'] }[]
}

export interface UpstreamOptions {
  tls?: { key: string, cert: string }
  /** Address to listen on. */
  host?: string
  /** For how long idle connections are kept, as told to the client; by default for ever and without a word. */
  keepAliveMs?: number
}

export async function startUpstream(handle: (request: IncomingMessage, response: ServerResponse) => void, { tls, host = '127.0.0.1', keepAliveMs = 0 }: UpstreamOptions = {}): Promise<Upstream> {
  const requests: Upstream['requests'] = []
  const listener: RequestListener = (request, response) => {
    requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers })
    handle(request, response)
  }
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener)
  server.keepAliveTimeout = keepAliveMs
  const listening = await listen(server, host)
  return { ...listening, url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${listening.port}`, requests }
}

/** Counts connections to any kind of server, and closes them with it. */
export async function listen(server: Server, host: string): Promise<Pick<Upstream, 'port' | 'connections' | typeof Symbol.asyncDispose>> {
  const connections = { total: 0, open: 0 }
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.total += 1
    connections.open += 1
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => {
      connections.open -= 1
      sockets.delete(socket)
    })
  })
  server.listen(0, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A port of the loopback interface that nobody listens on. */
export async function closedPort(): Promise<number> {
  const { port, [Symbol.asyncDispose]: close } = await listen(http.createServer(), '127.0.0.1')
  await close()
  return port
}
