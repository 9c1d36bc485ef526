/** Readers of the stream of events, as they are outside. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { TestHub } from '../../../../test/hub.ts'

type Body = any // eslint-disable-line typescript/no-explicit-any

export interface Stream { records: Body[], ids: string[], ended: Promise<void>, response: Response, stop(): void }

export async function openStream(hub: Pick<TestHub, 'url' | 'key'>, query: string, { key = hub.key, headers = {} }: { key?: string, headers?: Record<string, string> } = {}): Promise<Stream> {
  const controller = new AbortController()
  const response = await fetch(`${hub.url}/api/v1/bus/stream?${query}`, { headers: { authorization: `Bearer ${key}`, ...headers }, signal: controller.signal })
  const [records, ids]: [Body[], string[]] = [[], []]
  const read = async (): Promise<void> => {
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const parts = text.split('\n\n')
      text = parts.pop()!
      for (const lines of parts.map((part) => part.split('\n')).filter(([first]) => !first!.startsWith(':'))) {
        ids.push(lines[0]!.replace('id: ', ''))
        records.push(JSON.parse(lines.slice(1).map((line) => line.replace('data: ', '')).join('\n')))
      }
    }
  }
  return { records, ids, response, ended: read().catch(() => undefined), stop: () => { controller.abort() } }
}

export interface Socket { messages: Body[], ws: WebSocket, closed: Promise<{ code: number }>, records(): Body[] }

export async function openSocket(hub: Pick<TestHub, 'url' | 'key'>, { query = '', protocols = [] as string[], key = hub.key as string | null } = {}): Promise<Socket> {
  const ws = new WebSocket(`${hub.url.replace('http', 'ws')}/api/v1/bus/stream${query}`, protocols, { headers: key === null ? {} : { authorization: `Bearer ${key}` } })
  const messages: Body[] = []
  ws.on('message', (text) => { messages.push(JSON.parse(String(text))) })
  const closed = new Promise<{ code: number }>((resolve) => { ws.on('close', (code) => { resolve({ code }) }) })
  await once(ws, 'open')
  return { ws, messages, closed, records: () => messages.flatMap(({ event }) => event ?? []) }
}
