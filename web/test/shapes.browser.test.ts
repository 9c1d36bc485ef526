/** Whatever comes in is shown sensibly, and whatever came while the page was away is there. */
import { expect } from 'vitest'
import { expectStatus } from '../../test/service.ts'
import { startWay } from '../../test/way.ts'
import { test, useDashboard } from './browser.ts'

const dashboard = useDashboard()

test('an event that is text, binary, malformed or of megabytes shows as what it is', async () => {
  const { url } = expectStatus(201, await dashboard.hub.call('POST', '/api/v1/webhook-sources', { name: 'shapes', verification: { scheme: 'none' } })).body as { url: string }
  const send = async (body: string | Uint8Array<ArrayBuffer>, type: string): Promise<string> => {
    expect((await fetch(url, { method: 'POST', body, headers: { 'content-type': type } })).status).toBe(202)
    return (await dashboard.hub.call('GET', '/api/v1/events?limit=1')).body.data[0].messageId
  }
  const { page, visit, complaints, expectAccessible } = await dashboard.visitor()
  await visit(`events/${await send('plain <script>alert(1)</script> text', 'text/plain')}`, /./)
  await page.getByText('plain <script>alert(1)</script> text').first().waitFor()
  await visit(`events/${await send(Uint8Array.of(0, 255, 1, 254, 137), 'application/octet-stream')}`, /./)
  await page.getByText('Binary data. application/octet-stream').waitFor()
  await page.getByText('00 ff 01 fe 89').first().waitFor()
  await visit(`events/${await send('{"open": ', 'text/plain')}`, /./)
  await page.getByText('{"open": ').first().waitFor()
  await visit(`events/${await send(JSON.stringify({ pad: 'x'.repeat(3_000_000) }), 'application/json')}`, /./)
  await page.getByText('The first 195.3 KB of').first().waitFor()
  await page.getByRole('button', { name: 'Download' }).first().waitFor()
  await expectAccessible('a large event')
  expect(complaints).toEqual([])
})

test('events that came while the page was away are in the live tail, each once, in their order', async () => {
  const way = await startWay(dashboard.hub.url)
  try {
    const { page, visit } = await dashboard.visitor({ through: way.url })
    await visit('webhooks?part=live', 'Integration Hub')
    await page.getByText('Live', { exact: true }).first().waitFor()
    const send = (at: number): Promise<unknown> => dashboard.hub.call('POST', '/api/v1/events', { specversion: '1.0', id: `away-${at}`, source: '/away', type: `away.number-${at}` })
    await send(0)
    await page.locator('.app-tail-line summary', { hasText: 'away.number-0' }).waitFor()
    await way.cut()
    await page.getByText('Offline', { exact: true }).waitFor()
    for (let at = 1; at <= 20; at += 1) await send(at)
    await way.mend()
    await page.locator('.app-tail-line summary', { hasText: 'away.number-20' }).waitFor()
    const seen = await page.locator('.app-tail-line summary').allTextContents()
    expect(seen.map((line) => Number(/away\.number-(\d+)/.exec(line)?.[1]))).toEqual(Array.from({ length: 21 }, (_, at) => 20 - at))
  } finally {
    await way.cut()
  }
})

test('a page that was never opened is waited for while the hub is away, and opens once it is back; what is open says why it cannot be read', async () => {
  const way = await startWay(dashboard.hub.url)
  try {
    const { page, visit } = await dashboard.visitor({ through: way.url })
    await visit('integrations', 'Integration Hub')
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Search…' }).click()
    const search = page.getByRole('textbox', { name: 'Search integrations, connectors and pages' })
    await search.waitFor()
    await page.keyboard.press('Escape')
    await search.waitFor({ state: 'hidden' })
    await way.cut()
    await page.getByText('Offline', { exact: true }).waitFor()
    await page.getByRole('combobox', { name: 'Any status' }).click()
    await page.getByRole('option', { name: 'Paused' }).click()
    await page.getByText('The hub does not answer.').first().waitFor()
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Monitoring' }).click()
    await page.getByText('Offline', { exact: true }).waitFor()
    await way.mend()
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('navigation', { name: 'Parts of monitoring' }).waitFor()
    expect(await page.getByText('The hub does not answer.').count()).toBe(0)
  } finally {
    await way.cut()
  }
})
