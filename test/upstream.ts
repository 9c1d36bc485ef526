/** A real server over TCP that answers as a test wants, and remembers what it was asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked { method: string, url: string, headers: IncomingMessage['headers'], body: string }

export interface Upstream {
  url: string
  asked: Asked[]
  /** Replaces the handler. The body was read already. */
  answer(handler: (request: Asked, response: ServerResponse) => void | Promise<void>): void
  close(): Promise<void>
}

export async function startUpstream(): Promise<Upstream> {
  const asked: Asked[] = []
  let handler: (request: Asked, response: ServerResponse) => void | Promise<void> = (_request, response) => json(response, 200, { ok: true })
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') }
      asked.push(one)
      void Promise.resolve(handler(one, response)).catch(() => response.destroy())
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked,
    answer(next) { handler = next },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}

export function json(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}
