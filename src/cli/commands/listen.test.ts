import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { json } from '../../../test/upstream.ts'
import type { WebhookSource } from '../../client/types.ts'
import type { Ran, ShellOptions } from '../shell.fixture.ts'
import { useScene } from '../shop.fixture.ts'

const scene = useScene()
const { run, answerOf } = scene
const poll = { timeout: 15_000, interval: 20 }
const time = /\d\d:\d\d:\d\d/.source

interface Listening {
  /** Resolves once it was written, or the like of it. */
  seen(text: RegExp): Promise<RegExpExecArray>
  /** Ctrl-C. */
  end(): Promise<Ran>
}

/** Runs `listen`, and resolves once it is connected. */
async function listen(words: string[], options: ShellOptions = {}): Promise<Listening> {
  const controller = new AbortController()
  let output = ''
  const ended = run(['listen', ...words], { ...options, interrupted: controller.signal, seen: (text) => { output += text } })
  const seen: Listening['seen'] = (text) => vi.waitFor(() => {
    const found = text.exec(output)
    if (found === null) throw new Error(`Not seen yet: ${text}\n${output}`)
    return found
  }, poll)
  await seen(/^Listening to /m)
  return { seen, end: () => { controller.abort(); return ended } }
}

let made = 0
const source = (words = ['--scheme', 'none']): Promise<WebhookSource> => answerOf<WebhookSource>(['webhooks', 'sources', 'create', `Source ${made++}`, ...words])

async function emit(url: string, body: string, headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers, body })
  expect(response.status).toBe(202)
  return (await response.json() as { id: string }).id
}

describe('listen', () => {
  test('shows the events of a source as they come, and ends with Ctrl-C', async () => {
    const [mine, other] = [await source(), await source()]
    const listening = await listen([mine.name])
    await emit(other.url, '{"type":"not.mine"}')
    const id = await emit(mine.url, '{"type":"order.paid"}')
    await listening.seen(new RegExp(`^${time} {2}order\\.paid {16}– {17}${id} {2}21 B$`, 'm'))
    const { code, stdout, stderr } = await listening.end()
    expect({ code, stderr }).toEqual({ code: 0, stderr: `Listening to ${mine.name}: ${mine.url}  Ctrl-C ends it.\n` })
    expect(stdout.split('\n')).toHaveLength(2)
  })

  test('without a source it shows those of all, of the types that are asked for', async () => {
    const listening = await listen(['--types', 'alpha.*', '--types', 'beta'])
    for (const type of ['alpha.one', 'gamma', 'beta']) await answerOf(['events', 'send', '--type', type, '--subject', `about ${type}`])
    await listening.seen(/beta .*about beta/)
    expect((await listening.end()).stdout).toMatch(new RegExp(`^${time} {2}alpha\\.one .*\n${time} {2}beta .*\n$`))
  })

  test('as JSON each event is one line, its data as it was sent', async () => {
    const { name, url } = await source()
    const listening = await listen([name, '--json'])
    await emit(url, '{ "big": 12345678901234567890.10,\n\t"nasty": "\u009b2J" }')
    await listening.seen(/\n.*big.*\n/)
    const { stdout } = await listening.end()
    expect(stdout).toMatch(/^\{.*"data":\{ "big": 12345678901234567890\.10, +"nasty": "\\u009b2J" \}.*\}\n$/)
    expect(JSON.parse(stdout)).toMatchObject({ specversion: '1.0', source: expect.stringContaining('/hooks/') })
  })
})

describe('--forward', () => {
  test('posts what the sender sent, with what the event is in headers, and shows the answer', async () => {
    const { name, url } = await source(['--scheme', 'none', 'subject:={"header":"x-subject"}'])
    const listening = await listen([name, '--forward', `${scene.shop.url}/hook`])
    scene.shop.answer((request, response) => { json(response, request.body.includes('bad') ? 422 : 200, {}) })
    const body = '{"type": "order.paid",  "total": 1.10, "id": 12345678901234567890}'
    const id = await emit(url, body, { 'content-type': 'application/json', 'x-subject': '100 %' })
    await listening.seen(/ {2}→ 200 OK \(\d+ ms\)\n/)
    expect(scene.shop.asked).toMatchObject([{
      method: 'POST', url: '/hook', body,
      headers: { 'content-type': 'application/json', 'webhook-id': id, 'ce-id': id, 'ce-specversion': '1.0', 'ce-type': 'order.paid', 'ce-subject': '100%20%25', 'ce-source': expect.stringMatching(/^\/hooks\//) },
    }])
    expect(Object.keys(scene.shop.asked[0]!.headers).filter((header) => header.startsWith('ce-')).sort()).toEqual(['ce-id', 'ce-source', 'ce-specversion', 'ce-subject', 'ce-time', 'ce-type'])
    await emit(url, 'bad text', { 'content-type': 'text/plain' })
    await listening.seen(/ {2}→ 422 /)
    expect(scene.shop.asked.at(-1)).toMatchObject({ body: 'bad text', headers: { 'content-type': 'text/plain' } })
    expect(await listening.end()).toMatchObject({ code: 0 })
  })

  test('brings bytes and large events whole', async () => {
    const { name, url } = await source()
    const listening = await listen([name, '--forward', scene.shop.url])
    const large = JSON.stringify({ type: 'large', text: 'x'.repeat(100_000) })
    scene.shop.answer((_request, response) => { response.writeHead(204).end() })
    await emit(url, large)
    await listening.seen(/large .* 100\.0 kB\n {2}→ 204 No Content/)
    await fetch(url, { method: 'POST', headers: { 'content-type': 'image/png' }, body: Buffer.from([0, 255, 254]) })
    await listening.seen(/webhook\.received .* 3 B\n {2}→ 204/)
    expect(scene.shop.asked.map(({ headers, body }) => [headers['content-type'], body])).toEqual([['application/json', large], ['image/png', Buffer.from([0, 255, 254]).toString('utf8')]])
    await listening.end()
  })

  test('says where nothing listens, and goes on', async () => {
    const { name, url } = await source()
    const listening = await listen([name, '--forward', '127.0.0.1:9/hook'])
    await emit(url, '{"type":"first"}')
    await listening.seen(/ {2}→ not answered: nothing listens there\n/)
    await emit(url, '{"type":"second"}')
    await listening.seen(/second[^]* {2}→ not answered/)
    expect(await listening.end()).toMatchObject({ code: 0 })
  })
})

test('--new makes an inspector for the time being, and prints its URL', async () => {
  const listening = await listen(['--new'])
  const [, url] = await listening.seen(/^Listening to listen on .*: (http\S+)/m)
  expect((await fetch(url!, { method: 'DELETE', body: 'anything' })).status).toBe(202)
  await listening.seen(/webhook\.received/)
  expect(await listening.end()).toMatchObject({ code: 0 })
  expect((await fetch(url!, { method: 'POST' })).status).toBe(404)
})

describe('a connection that breaks', () => {
  /** Stands before the hub. `cut` breaks all connections, and takes none until `mend`. */
  async function startBreaker(): Promise<{ url: string, cut(): void, mend(): void, close(): Promise<void> }> {
    const sockets = new Set<Socket>()
    let isCut = false
    const { port } = new URL(scene.hub.url)
    const server = createServer((client) => {
      if (isCut) return void client.destroy()
      const upstream = connect(Number(port), '127.0.0.1')
      for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
        sockets.add(from)
        from.on('error', () => { to.destroy() }).on('close', () => { to.destroy(); sockets.delete(from) }).pipe(to)
      }
    })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    const cut = (): void => { isCut = true; for (const socket of sockets) socket.destroy() }
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cut, mend: () => { isCut = false },
      close: async () => { cut(); await new Promise((resolve) => { server.close(resolve) }) },
    }
  }

  test.each([0, 2])('is taken up again where it broke off, without a gap and without a repeat, after %i events', async (before) => {
    const { name, url } = await source()
    const breaker = await startBreaker()
    const listening = await listen([name], { env: { INTERCHANGE_URL: breaker.url } })
    const types = Array.from({ length: before + 4 }, (_, index) => `number.${index}`)
    const send = async (some: string[]): Promise<void> => { for (const type of some) await emit(url, JSON.stringify({ type })) }
    await send(types.slice(0, before))
    if (before > 0) await listening.seen(new RegExp(types[before - 1]!))
    breaker.cut()
    await listening.seen(/The connection broke off/)
    await send(types.slice(before, before + 2))
    breaker.mend()
    await listening.seen(/Connected again\.\n/)
    await send(types.slice(before + 2))
    await listening.seen(new RegExp(types.at(-1)!))
    const { code, stdout } = await listening.end()
    expect({ code, types: stdout.match(/number\.\d+/g) }).toEqual({ code: 0, types })
    await breaker.close()
  })

  test('is not tried again where nothing would mend it', async () => {
    expect(await run(['listen'], { env: { INTERCHANGE_URL: 'http://127.0.0.1:9' } })).toMatchObject({ code: 1, stderr: expect.stringMatching(/^There is no hub at/) })
    expect(await run(['listen'], { env: { INTERCHANGE_API_KEY: 'a-key-of-nobody-at-all-here' } })).toMatchObject({ code: 1, stderr: expect.stringMatching(/^unauthorized: /) })
    expect(await run(['listen', 'Nobody'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^There is no webhook source called Nobody\./) })
    const { key } = await answerOf<{ key: string }>(['keys', 'create', 'listener', '--role', 'viewer'])
    const listening = await listen([], { env: { INTERCHANGE_API_KEY: key } })
    const { data } = await answerOf<{ data: { id: string, name: string }[] }>(['keys'])
    await run(['keys', 'revoke', data.find(({ name }) => name === 'listener')!.id])
    await listening.seen(/^unauthorized: /m)
    expect(await listening.end()).toMatchObject({ code: 1 })
  })
})

test('a real Ctrl-C ends a real process cleanly, with its source', async () => {
  const main = fileURLToPath(new URL('../../main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'listen', '--new'], {
    stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], INTERCHANGE_URL: scene.hub.url, INTERCHANGE_API_KEY: scene.hub.key },
  })
  try {
    let output = ''
    child.stderr.on('data', (chunk: Buffer) => { output += String(chunk) })
    const ended = once(child, 'close')
    const url = await vi.waitFor(() => {
      const [, found] = /(http\S+\/hooks\/\S+)/.exec(output) ?? []
      if (found === undefined) throw new Error(output)
      return found
    }, poll)
    child.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    expect(output).toMatch(/^Listening to .*\n$/)
    expect((await fetch(url, { method: 'POST' })).status).toBe(404)
  } finally {
    child.kill('SIGKILL')
  }
})
