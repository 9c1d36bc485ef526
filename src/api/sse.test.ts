import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { OpenStream, StreamItem } from '../events/streams.ts'
import { eventStream } from './sse.ts'

function streamOf(pages: AsyncIterable<StreamItem[]>): OpenStream {
  return { pages, ended: () => undefined }
}

test('a reader that takes nothing is cut off, and what is held for it stays small', async () => {
  let made = 0
  let finished = false
  async function* pages(): AsyncGenerator<StreamItem[]> {
    try {
      for (;;) yield [{ cursor: String(made += 1), json: JSON.stringify('x'.repeat(10_000)) }]
    } finally {
      finished = true
    }
  }
  const server = createServer((_request, response) => { eventStream(streamOf(pages()), new AbortController().signal, { stalledMs: 300 }).on('error', () => undefined).on('close', () => { response.destroy() }).pipe(response) })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  const [response] = await once(request, 'response')
  response.on('error', () => undefined).pause()
  while (!finished) await pause(10)
  // What the kernel and the streams hold, and no more.
  expect(made).toBeLessThan(5000)
  request.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => { server.close(resolve) })
})

test('while nothing happens, comments keep the connection alive', async () => {
  const gone = new AbortController()
  async function* pages(): AsyncGenerator<StreamItem[]> {
    await once(gone.signal, 'abort')
    yield []
  }
  let text = ''
  for await (const chunk of eventStream(streamOf(pages()), gone.signal, { heartbeatMs: 5 })) {
    text += String(chunk)
    if (text.split(': still here').length > 3) gone.abort()
  }
  expect(text.startsWith(': connected\n\n: still here\n\n')).toBe(true)
})
