import { createHmac } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { json } from '../../../test/upstream.ts'
import type { Webhook, WebhookSource } from '../../client/types.ts'
import { useScene } from '../shop.fixture.ts'

const scene = useScene()
const { run, answerOf } = scene
const poll = { timeout: 10_000, interval: 50 }
const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.source

let made = 0
/** One that is told of nothing but what is sent to it. */
async function webhook(words: string[] = []): Promise<Webhook> {
  made += 1
  return answerOf<Webhook>(['webhooks', 'create', `${scene.shop.url}/hook/${made}`, '--name', `Hook ${made}`, '--event', `hook-${made}.*`, ...words])
}

async function emit(words: { url: string, type: string, data?: object }): Promise<void> {
  const response = await fetch(words.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: words.type, ...words.data }) })
  expect(response.status).toBe(202)
}

const source = (name: string, words: string[]): Promise<WebhookSource> => answerOf<WebhookSource>(['webhooks', 'sources', 'create', name, ...words])
const hooked = (): unknown[] => scene.shop.asked.filter(({ url }) => url.startsWith('/hook/')).map(({ url, body }) => [url, JSON.parse(body)])

describe('webhooks', () => {
  test('are made with filters and transformations; a secret that was made is shown once, one that was given never', async () => {
    const { code, stdout } = await run(['webhooks', 'create', 'https://example.com/hook', '--event', 'order.*', '--event', 'refund', '--filter', '.data.total > 1', '--transform', '.data'])
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^Created example\\.com, webhook ${id}\\.\nSecret, shown only now: whsec_\\S{44}\n$`)) })
    expect(await answerOf(['webhooks', 'get', 'example.com'])).toMatchObject({
      events: { subscribedEvents: ['order.*', 'refund'], eventFilters: ['.data.total > 1'], eventTransformations: ['.data'] }, security: { secret: 'whsec_…' },
    })
    const own = await run(['webhooks', 'create', 'https://example.com/own', '--name', 'Own', '--secret', 'env:HOOK', 'retryPolicy=svix', 'timeout:=5000'], { env: { HOOK: 'my-own-hook-secret' } })
    expect(own.stdout).toMatch(new RegExp(`^Created Own, webhook ${id}\\.\n$`))
    expect(await answerOf(['webhooks', 'show', 'own'])).toMatchObject({ events: { subscribedEvents: ['*'] }, delivery: { timeout: 5000, retryPolicy: { maxRetries: 7 } } })
  })

  test('are listed, changed, paused, activated and deleted', async () => {
    const { name } = await webhook()
    expect((await run(['webhooks', '-q', name])).stdout).toMatch(new RegExp(`^ID +NAME +URL +EVENTS +STATUS +DELIVERED +LAST\n${id} +${name} +${scene.shop.url}/hook/\\d+ +hook-\\d+\\.\\* +active +100 % +–\n$`))
    expect((await run(['webhooks', 'set', name, 'timeout:=900', 'description=for tests'])).stdout).toBe(`Changed ${name}.\n`)
    expect((await run(['webhooks', 'pause', name])).stdout).toBe(`Paused ${name}.\n`)
    expect(await answerOf(['webhooks', 'show', name])).toMatchObject({ status: 'paused', description: 'for tests', delivery: { timeout: 900 } })
    expect(await run(['webhooks', 'send', name])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^conflict: .*paused/) })
    expect((await run(['webhooks', 'activate', name])).stdout).toBe(`Activated ${name}.\n`)
    expect((await run(['webhooks', 'delete', name])).stdout).toBe(`Deleted ${name}.\n`)
    expect(await run(['webhooks', 'show', name])).toMatchObject({ code: 1, stderr: `There is no webhook called ${name}.\n  \`interchange webhooks\` lists them.\n` })
  })

  test('get another secret, and sign with both for a while', async () => {
    const { name, security: { secret: old } } = await webhook()
    const { stdout } = await run(['webhooks', 'rotate-secret', name])
    const [, fresh] = new RegExp(`^${name} has a new secret; the old one holds until \\S+\\.\nSecret, shown only now: (whsec_\\S+)\n$`).exec(stdout)!
    await run(['webhooks', 'send', name])
    const { headers, body } = scene.shop.asked.at(-1)!
    expect(headers['x-webhook-signature']).toBe([fresh!, old].map((secret) => createHmac('sha256', secret).update(body).digest('hex')).join(','))
  })
})

describe('what is delivered', () => {
  test('a test event is sent, and its answer shown', async () => {
    const { name } = await webhook(['--event', 'order.paid'])
    const file = join(scene.folder, 'order.json')
    await writeFile(file, '{"total": 12}')
    const sent = await run(['webhooks', 'send', name, '--type', 'order.paid', '--subject', '17', '--data', `@${file}`])
    expect(sent).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(new RegExp(`^Delivered \\(\\d+ ms\\), delivery ${id}\nIt answered 200: \\{"asked"`)) })
    expect(hooked()).toMatchObject([[expect.any(String), { type: 'order.paid', subject: '17', data: { total: 12 } }]])
    expect(await run(['webhooks', 'send', name, '--data', '{total}'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^--data is no JSON: /) })
  })

  test('one that is refused ends with 1, says why and when it is tried again', async () => {
    const { name } = await webhook()
    scene.shop.answer((_request, response) => { json(response, 503, { message: 'later' }) })
    expect(await run(['webhooks', 'send', name])).toMatchObject({
      code: 1, stderr: '', stdout: expect.stringMatching(new RegExp(`^Not delivered: It answered 503\\. \\(\\d+ ms\\), delivery ${id}\nIt answered 503: \\{"message":"later"\\}\nThe next attempt is due in \\d seconds?\\.\n$`)),
    })
  })

  test('deliveries are listed with their answers, shown with their attempts, and retried', async () => {
    const { name, id: webhookId } = await webhook(['retryPolicy.maxRetries:=0'])
    scene.shop.answer((_request, response) => { json(response, 500, {}) })
    await run(['webhooks', 'send', name])
    const listed = await vi.waitFor(async () => {
      const { stdout } = await run(['deliveries', '--webhook', name, '--status', 'failed', '--from', '1h'])
      expect(stdout).toMatch(new RegExp(`^ID +WHEN +STATUS +TYPE +WEBHOOK +ATTEMPTS +ANSWER\n${id} +\\d+ seconds? ago +failed +webhook\\.test +${name} +1 +It answered 500\\.\n$`))
      return stdout
    }, poll)
    const [delivery] = new RegExp(id).exec(listed)!
    expect(await answerOf(['deliveries', 'get', delivery])).toMatchObject({ id: delivery, webhookId, attempts: [{ response: { status: 500 } }] })
    scene.shop.answer((_request, response) => { json(response, 200, {}) })
    expect((await run(['deliveries', 'retry', delivery])).stdout).toBe(`Sending ${delivery} again.\n`)
    await vi.waitFor(async () => { expect(await answerOf(['deliveries', '--webhook', name])).toMatchObject({ data: [{ status: 'delivered', attemptCount: 2 }] }) }, poll)
  })

  test('what was given up is sent again by redrive', async () => {
    const { name } = await webhook(['retryPolicy.maxRetries:=0'])
    scene.shop.answer((_request, response) => { json(response, 500, {}) })
    for (let count = 0; count < 2; count += 1) await run(['webhooks', 'send', name])
    await vi.waitFor(async () => { expect(await answerOf<{ data: object[] }>(['deliveries', '--webhook', name, '--status', 'failed'])).toMatchObject({ data: [{}, {}] }) }, poll)
    expect(await answerOf(['webhooks', 'redrive', name, '--status', 'parked'])).toEqual({ count: 0 })
    scene.shop.answer((_request, response) => { json(response, 200, {}) })
    expect((await run(['webhooks', 'redrive', name, '--since', '2h'])).stdout).toBe(`Sending 2 events to ${name}.\n`)
    await vi.waitFor(async () => { expect(await answerOf(['deliveries', '--webhook', name])).toMatchObject({ data: [{ status: 'delivered' }, { status: 'delivered' }] }) }, poll)
  })
})

describe('replay', () => {
  /** With three events of a type of its own, the third of which is worth 3. */
  async function past(): Promise<{ name: string, type: string }> {
    const { url } = await source(`Past ${made}`, ['--scheme', 'none'])
    const { name, events } = await webhook()
    const type = events.subscribedEvents[0]!.replace('*', 'made')
    await answerOf(['webhooks', 'pause', name])
    for (const worth of [1, 2, 3]) await emit({ url, type, data: { worth } })
    return { name, type }
  }

  test('counts, asks on a terminal, and sends under the first ids', async () => {
    const { name } = await past()
    expect((await run(['webhooks', 'replay', name, '--since', '1h', '--dry-run'])).stdout).toBe(`3 events would be sent to ${name}.\n`)
    const refused = await run(['webhooks', 'replay', name, '--since', '1h'], { typed: ['n'] })
    expect(refused).toEqual({ code: 0, stdout: 'Nothing was sent.\n', stderr: `Send 3 events to ${name}? [y/N]: ` })
    expect(await run(['webhooks', 'replay', name, '--since', '1h', '--filter', '.data.worth > 2'], { typed: ['y'] })).toEqual({ code: 0, stdout: `Sending 1 event to ${name}.\n`, stderr: `Send 1 event to ${name}? [y/N]: ` })
    await answerOf(['webhooks', 'activate', name])
    await vi.waitFor(() => { expect(scene.shop.asked).toHaveLength(4) }, poll)
    expect(new Set(scene.shop.asked.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
  })

  test('does not ask where nobody is there to answer, or with --yes', async () => {
    const { name, type } = await past()
    expect((await run(['webhooks', 'replay', name, '--since', '2020-01-01', '--types', type])).stdout).toBe(`Sending 3 events to ${name}.\n`)
    expect(await run(['webhooks', 'replay', name, '--since', '1h', '--types', 'nothing.*', '--yes'], { typed: [] })).toMatchObject({ code: 0, stderr: '', stdout: `Sending 0 events to ${name}.\n` })
    expect(await answerOf(['webhooks', 'replay', name, '--since', '1h', '--until', '30m', '--dry-run'])).toEqual({ count: 0 })
  })

  test('a time that is none is refused', async () => {
    for (const time of ['yesterday', '5x', '99999999w']) expect(await run(['webhooks', 'replay', 'x', '--since', time])).toMatchObject({ code: 2, stderr: expect.stringContaining('It takes how long ago (30m, 2h, 7d)') })
    expect(await run(['webhooks', 'replay', 'x'])).toMatchObject({ code: 2, stderr: expect.stringContaining("required option '--since <time>'") })
  })
})

describe('sources', () => {
  test('are made by their scheme, and their URL is all that is printed', async () => {
    const { code, stdout } = await run(['webhooks', 'sources', 'create', 'Signed', '--scheme', 'github', '--secret', '-', 'dedupe.sender:=true'], { stdin: 'github-secret-1\n' })
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^${scene.hub.url}/hooks/\\S+\n$`)) })
    expect((await run(['webhooks', 'sources', '--scheme', 'github'])).stdout).toMatch(new RegExp(`^ID +NAME +SCHEME +STATUS +URL\n${id} +Signed +github +active +${scene.hub.url}/hooks/\\S+\n$`))
    expect(await answerOf(['webhooks', 'sources', 'get', 'signed'])).toMatchObject({ dedupe: { sender: true }, verification: { scheme: 'github', secret: '…' } })
    expect(await run(['webhooks', 'sources', 'create', 'Nobody'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Say with --scheme .*github.*--inspect\.\n$/) })
  })

  test('are changed, paused, given another secret, and deleted', async () => {
    await source('Changing', ['--scheme', 'bearer', '--secret', 'first-token'])
    expect((await run(['webhooks', 'sources', 'set', 'Changing', 'eventType=changed'])).stdout).toBe('Changed Changing.\n')
    const { stdout } = await run(['webhooks', 'sources', 'rotate-secret', 'Changing'])
    const [, token] = /^Changing has a new secret; the old one holds until \S+\.\nSecret, shown only now: (\S+)\n$/.exec(stdout)!
    const { url } = await answerOf<WebhookSource>(['webhooks', 'sources', 'show', 'Changing'])
    for (const each of ['first-token', token]) expect((await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${each}` } })).status).toBe(202)
    expect((await run(['webhooks', 'sources', 'pause', 'Changing'])).stdout).toBe('Paused Changing.\n')
    expect((await fetch(url, { method: 'POST' })).status).toBe(503)
    expect((await run(['webhooks', 'sources', 'activate', 'Changing'])).stdout).toBe('Activated Changing.\n')
    expect((await run(['webhooks', 'sources', 'delete', 'Changing'])).stdout).toBe('Deleted Changing.\n')
    expect((await fetch(url, { method: 'POST' })).status).toBe(404)
  })

  test('what came to an inspector is listed, and a single request shown whole', async () => {
    const { url } = await source('Look', ['--inspect'])
    await fetch(`${url}?a=1`, { method: 'PUT', headers: { 'content-type': 'text/plain', 'x-note': 'hi' }, body: 'first line\nsecond\u001b[31m' })
    const { stdout } = await run(['webhooks', 'inspect', 'Look'])
    expect(stdout).toMatch(new RegExp(`^ID +WHEN +METHOD +BYTES +ANSWER +BODY\n${id} +\\d+ seconds? ago +PUT +22 +202 +first line·second·\\[31m\n$`))
    const [request] = new RegExp(id).exec(stdout)!
    const whole = (await run(['webhooks', 'inspect', 'Look', request])).stdout
    expect(whole).toMatch(new RegExp(`^PUT /hooks/\\S+\\?a=1\n(.+\n)*x-note: hi\n(.+\n)*\nfirst line\nsecond·\\[31m\n\nFrom 127\\.0\\.0\\.1 at \\S+, answered 202, event ${id}\n$`))
    expect(await answerOf(['webhooks', 'inspect', 'Look', request])).toMatchObject({ id: request, body: 'first line\nsecond\u001b[31m' })
    expect(await run(['webhooks', 'inspect', 'Look', 'no-such-request'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^There is no such request/) })
  })

  test('what another source refused is told with the reason', async () => {
    const { url } = await source('Strict', ['--scheme', 'github', '--secret', 'github-secret-2'])
    await fetch(url, { method: 'POST', headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }, body: '{}' })
    expect((await run(['webhooks', 'inspect', 'Strict', '--status', '401'])).stdout).toMatch(/POST +2 +401: The signature does not match\. +\{\}\n$/)
  })
})
