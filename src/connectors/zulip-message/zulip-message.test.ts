import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testContext, type TestContext } from '../test-context.ts'
import { isHubError } from '../../errors.ts'
import { closedPort } from '../../lib/http/test-upstream.ts'
import { zulipMessage } from './index.ts'
import { startZulip, type ZulipServer } from './zulip-server.fixture.ts'

let zulip: ZulipServer
const contexts: TestContext[] = []

beforeEach(async () => { zulip = await startZulip() })
afterEach(async () => {
  for (const context of contexts.splice(0)) await context[Symbol.asyncDispose]()
  await zulip[Symbol.asyncDispose]()
})

function contextOf({ credentials = {}, configuration = {}, endpoint }: { credentials?: Record<string, unknown>, configuration?: Record<string, unknown>, endpoint?: string } = {}): TestContext {
  const context = testContext({ connector: zulipMessage, credentials: { site: zulip.url, email: 'hub-bot@zulip.test', apiKey: 'right-key', ...credentials }, configuration, ...endpoint !== undefined && { endpoint } })
  contexts.push(context)
  return context
}

async function send(input: unknown, context = contextOf()): Promise<unknown> {
  return (await zulipMessage.operations.find('send_message'))!.run({ ...context, input })
}

describe('a message', () => {
  test.each([
    [{ type: 'stream', to: 'general', topic: 'Orders', content: 'Order 17 **shipped** — 世界' }, { type: 'stream', stream: 'general', subject: 'Orders' }],
    [{ type: 'channel', to: 8, topic: 'x', content: 'Order 17 **shipped** — 世界' }, { type: 'stream', stream: 'orders', subject: 'x' }],
    [{ type: 'direct', to: ['ada@example.com', 23], content: 'Order 17 **shipped** — 世界' }, { type: 'private' }],
    [{ type: 'private', to: 'ada@example.com', content: 'Order 17 **shipped** — 世界' }, { type: 'private' }],
  ])('%j arrives where it was meant for', async (input, expected) => {
    const reply = await send(input)
    expect(zulip.messages).toMatchObject([{ ...expected, content: 'Order 17 **shipped** — 世界', sender: { full_name: 'Hub' } }])
    expect(reply).toEqual({ id: zulip.messages[0]!.id })
  })

  test('to a channel that does not exist is refused', async () => {
    await expect(send({ type: 'stream', to: 'nowhere', topic: 'x', content: 'y' })).rejects.toSatisfy((error) => isHubError(error, 'upstream_rejected') && error.upstreamStatus === 400)
  })

  test('that Zulip refuses with status 200 is refused, with its words', async () => {
    zulip.answerNext({ status: 200, body: { result: 'error', msg: 'Not now', code: 'BAD_REQUEST' } })
    await expect(send({ type: 'stream', to: 'general', topic: 'x', content: 'y' })).rejects.toThrow('Not now')
  })

  test('is not repeated by itself: the answer may have been lost after it arrived', async () => {
    expect((await zulipMessage.operations.find('send_message'))!.retrySafe).toBe(false)
  })

  test('answered with something else than documented is an upstream fault', async () => {
    zulip.answerNext({ status: 200, body: { result: 'success', id: 'seven' } })
    await expect(send({ type: 'stream', to: 'general', topic: 'x', content: 'y' })).rejects.toSatisfy((error) => isHubError(error, 'upstream_invalid_response'))
  })

  test.each([
    [{ type: 'stream', to: ['general'], content: 'x' }, '/to'], [{ type: 'direct', to: [], content: 'x' }, '/to'], [{ type: 'direct', to: 'a', topic: 't', content: 'x' }, '/topic'],
    [{ type: 'mail', to: 'a', content: 'x' }, '/type'], [{ type: 'stream', to: 'general', content: '' }, '/content'], [{ type: 'stream', to: 'general', content: 'x'.repeat(10_001) }, '/content'],
    [{ type: 'stream', to: 'general', content: 'x', topic: 't'.repeat(61) }, '/topic'], [{ type: 'stream', to: 'general', content: 'x', extra: 1 }, '/extra'],
  ])('%j is refused with a pointer, before anything is sent', async (input, pointer) => {
    await expect(send(input)).rejects.toThrow(expect.objectContaining({ code: 'invalid_input', errors: expect.arrayContaining([expect.objectContaining({ pointer })]) }))
    expect(zulip.requests).toEqual([])
  })
})

describe('polling', () => {
  test('begins with what comes after it, and goes on where it ended', async () => {
    zulip.post('ada', 'general', 'old', 'before')
    const context = contextOf()
    const first = await zulipMessage.poll!(context, undefined)
    expect(first.events).toEqual([])
    const ids = [zulip.post('ada', 'general', 'a', 'one'), zulip.post('ada', 'orders', 'b', 'two')]
    const second = await zulipMessage.poll!(context, first.cursor)
    expect(second.events.map(({ id, type, data }) => [id, type, (data as { content: string }).content])).toEqual([[String(ids[0]), 'message.received', 'one'], [String(ids[1]), 'message.received', 'two']])
    expect(await zulipMessage.poll!(context, second.cursor)).toEqual({ events: [], cursor: second.cursor })
  })

  test('begins in an empty organization too', async () => {
    const context = contextOf()
    const { cursor } = await zulipMessage.poll!(context, undefined)
    zulip.post('ada', 'general', 'a', 'first ever')
    expect((await zulipMessage.poll!(context, cursor)).events).toHaveLength(1)
  })

  test('has a place that survives being stored as JSON', async () => {
    const { cursor } = await zulipMessage.poll!(contextOf(), undefined)
    zulip.post('ada', 'general', 'a', 'x')
    expect((await zulipMessage.poll!(contextOf(), JSON.parse(JSON.stringify(cursor)))).events).toHaveLength(1)
  })

  test('gives each of very many messages once, over several polls', async () => {
    const context = contextOf()
    let { cursor } = await zulipMessage.poll!(context, undefined)
    const sent = Array.from({ length: 1250 }, (_, at) => String(zulip.post('ada', 'general', 'a', `m${at}`)))
    const seen: string[] = []
    for (;;) {
      const result = await zulipMessage.poll!(context, cursor)
      cursor = result.cursor
      if (result.events.length === 0) break
      seen.push(...result.events.map(({ id }) => id))
    }
    expect(seen).toEqual(sent)
  })

  test('leaves the hub\'s own messages out, unless they are asked for', async () => {
    const { cursor } = await zulipMessage.poll!(contextOf(), undefined)
    await send({ type: 'stream', to: 'general', topic: 'x', content: 'mine' })
    zulip.post('ada', 'general', 'x', 'hers')
    const contents = async (includeOwn: boolean): Promise<unknown[]> => (await zulipMessage.poll!(contextOf({ configuration: { includeOwn } }), cursor)).events.map(({ data }) => (data as { content: string }).content)
    expect(await contents(false)).toEqual(['hers'])
    expect(await contents(true)).toEqual(['mine', 'hers'])
  })

  test('keeps to a channel and topic', async () => {
    const context = contextOf({ configuration: { channel: 'orders', topic: 'b' } })
    const { cursor } = await zulipMessage.poll!(context, undefined)
    zulip.post('ada', 'general', 'b', 'no')
    zulip.post('ada', 'orders', 'a', 'no')
    zulip.post('ada', 'orders', 'b', 'yes')
    expect((await zulipMessage.poll!(context, cursor)).events.map(({ data }) => (data as { content: string }).content)).toEqual(['yes'])
  })

  test('gives events that fit their schema', async () => {
    const context = contextOf()
    const { cursor } = await zulipMessage.poll!(context, undefined)
    zulip.post('ada', 'general', 'a', 'x')
    await send({ type: 'direct', to: ['ada@example.com'], content: 'y' })
    const { events } = await zulipMessage.poll!(contextOf({ configuration: { includeOwn: true } }), cursor)
    expect(events).toHaveLength(2)
    for (const { type, data, time } of events) {
      expect(zulipMessage.validateEventPayload!(type, data)).toEqual({ isValid: true, errors: [] })
      expect(time).toMatch(/^2023-11-14T/)
    }
    expect(zulipMessage.validateEventPayload!('message.received', { id: 'x' }).errors).toContain('/id must be integer')
  })

  test.each([[{ messageId: 'x' }], ['newest'], [{ messageId: -1, userId: 1 }], [7]])('from the place %j is refused', async (cursor) => {
    await expect(zulipMessage.poll!(contextOf(), cursor)).rejects.toSatisfy((error) => isHubError(error, 'invalid_cursor'))
  })
})

describe('a connection test', () => {
  test('says who it signed in as', async () => {
    expect(await zulipMessage.testConnection(contextOf())).toEqual({ detail: `Signed in to ${new URL(zulip.url).host} as Hub (hub-bot@zulip.test).` })
  })

  test('fails with a wrong key, without showing it', async () => {
    await expect(zulipMessage.testConnection(contextOf({ credentials: { apiKey: 'canary-key' } }))).rejects.toSatisfy((error) => isHubError(error, 'connection_failed') && !error.message.includes('canary'))
  })

  test('fails where nobody listens', async () => {
    await expect(zulipMessage.testConnection(contextOf({ credentials: { site: `http://127.0.0.1:${await closedPort()}` } }))).rejects.toSatisfy((error) => isHubError(error, 'upstream_unavailable') && error.beforeSending)
  })

  test.each([
    [{ site: 'file:///etc' }, 'invalid_input', 'site'], [{ email: 'a:b' }, 'invalid_input', 'email'], [{ apiKey: 'a\r\nb' }, 'invalid_input', 'apiKey'],
    [{ site: '' }, 'credential_missing', 'site'], [{ apiKey: undefined }, 'credential_missing', 'apiKey'],
  ])('refuses the credential %j as %s, with a pointer', async (credentials, code, field) => {
    await expect(zulipMessage.testConnection(contextOf({ credentials }))).rejects.toThrow(expect.objectContaining({ code, errors: [expect.objectContaining({ pointer: `/credentials/${field}` })] }))
  })
})

describe('the address', () => {
  test('may come without its scheme, and is https then', () => {
    expect(zulipMessage.hosts!({ credentials: { site: 'example.zulipchat.com', email: 'a', apiKey: 'b' }, configuration: {} })).toEqual(['example.zulipchat.com'])
  })

  test('of the integration takes the place of the credential\'s, which gets nothing', async () => {
    await send({ type: 'stream', to: 'general', topic: 'x', content: 'y' }, contextOf({ endpoint: zulip.url, credentials: { site: 'https://elsewhere.example' } }))
    expect(zulip.messages).toHaveLength(1)
  })

  test('is where proxied requests go, with the credential', async () => {
    const context = contextOf()
    const { status, data } = await context.http.request(await zulipMessage.proxy!({ method: 'GET', url: '/api/v1/users/me' }, context))
    expect([status, data]).toMatchObject([200, { email: 'hub-bot@zulip.test' }])
    await expect(zulipMessage.proxy!({ method: 'GET', url: '//evil.example/' }, context)).rejects.toSatisfy((error) => isHubError(error, 'address_refused'))
  })
})
