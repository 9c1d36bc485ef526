import { expect, test } from 'vitest'
import { readEvents, type ServerSentEvent } from './server-sent-events.ts'

/** The text cut into chunks of so many bytes. */
async function read(text: string, size: number): Promise<ServerSentEvent[]> {
  const bytes = new TextEncoder().encode(text)
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size))
      controller.close()
    },
  })
  const events: ServerSentEvent[] = []
  for await (const event of readEvents(stream)) events.push(event)
  return events
}

test.each([1, 2, 3, 7, 1000])('events are read whatever their lines end with, in chunks of %i bytes', async (size) => {
  const text = 'id: 1\ndata: {"a":\ndata: 1}\n\n: a comment\r\n\r\nretry: 10\r\nevent: note\r\ndata:no space\r\nid:2\r\n\r\nid: 3\rdata\r\rdata: Łódź\n\ndata: cut off'
  expect(await read(text, size)).toEqual([
    { id: '1', name: 'message', data: '{"a":\n1}' },
    { id: '2', name: 'note', data: 'no space' },
    { id: '3', name: 'message', data: '' },
    { id: undefined, name: 'message', data: 'Łódź' },
  ])
})
