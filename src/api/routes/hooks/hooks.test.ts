import { connect, type AddressInfo } from 'node:net'
import pino from 'pino'
import { expect, test } from 'vitest'
import { withHub } from '../../../../test/hub.ts'
import { makeSource } from '../../../webhooks/inbound/inbound.fixture.ts'
import type { Idempotency } from '../../idempotency.ts'
import { createServer } from '../../server.ts'
import { hookRoutes } from './index.ts'

test('a sender that is slow on purpose is cut off', () => withHub(async (hub) => {
  const source = await makeSource(hub)
  const arrival = { headersMs: 300, bodyMs: 500, pauseMs: 500 }
  const server = createServer({ routes: hookRoutes, services: hub.hub.services, idempotency: {} as Idempotency, logger: pino({ level: 'silent' }), maxBodyBytes: 200_000, observe: () => {}, arrival })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  const drip = (head: string, drop: string): Promise<string> => new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => { socket.write(head) })
    const timer = setInterval(() => { if (socket.writable) socket.write(drop) }, 50)
    socket.setEncoding('utf8').on('data', (piece: string) => { text += piece }).on('error', () => undefined).on('close', () => {
      clearInterval(timer)
      resolve(text)
    })
  })
  try {
    const path = new URL(source.url).pathname
    const [headers, slowBody] = await Promise.all([drip(`POST ${path} HTTP/1.1\r\nHost: a\r\n`, 'X-A: b\r\n'), drip(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n`, 'x')])
    expect(headers).toMatch(/^HTTP\/1\.1 408 /)
    expect(slowBody).toMatch(/^HTTP\/1\.1 408 /)
  } finally {
    await server.close()
  }
}))
