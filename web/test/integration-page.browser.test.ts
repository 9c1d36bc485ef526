/** An integration's own page: its versions, its log, examples of its operations, and the table that leads there. */
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { connectShop, test, useDashboard } from './browser.ts'
import { installCommand } from './command.ts'

const dashboard = useDashboard()
const api = (method: string, path: string, body?: unknown) => dashboard.hub.call(method, `/api/v1/integrations/${path}`, body)

test('each change is a version with who and when; one is compared with what it changed and with now, and restored', async () => {
  const id = await connectShop(dashboard, 'With versions')
  await api('PATCH', id, { description: 'the second', dataHandling: { rateLimit: { requestsPerMinute: 17 } } })
  await api('PATCH', id, { description: 'the third' })
  const { page, visit, expectAccessible, complaints } = await dashboard.visitor()
  await visit(`integrations/${id}?part=versions`, 'With versions')
  await page.getByRole('row', { name: /data, description/ }).waitFor()
  await expectAccessible('versions')
  await page.getByRole('link', { name: '2', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: 'Version 2' })
  await drawer.getByRole('row', { name: '/dataHandling/rateLimit/requestsPerMinute 60 17' }).waitFor()
  await expectAccessible('a version')
  await drawer.getByText('Compared with now').click()
  await drawer.getByRole('row', { name: '/description the second the third' }).waitFor()
  await drawer.getByRole('button', { name: 'Restore this version' }).click()
  await page.getByText('It is set to what it was in version 2.').waitFor()
  await page.getByRole('row', { name: /back to version 2: description/ }).waitFor()
  expect((await api('GET', id)).body).toMatchObject({ description: 'the second', dataHandling: { rateLimit: { requestsPerMinute: 17 } } })
  expect(complaints).toEqual([])
})

test('the log shows checks of its health and what people changed, by their names', async () => {
  const id = await connectShop(dashboard, 'With a log')
  await api('PATCH', id, { monitoring: { healthChecks: [{ name: 'is it there', interval: 3_600_000 }] } })
  await api('POST', `${id}/health-checks`, {})
  const { page, visit, expectAccessible } = await dashboard.visitor()
  await visit(`integrations/${id}?part=log`, 'With a log')
  await page.getByRole('cell', { name: /is it there/ }).first().waitFor()
  await page.getByText('No alert fired').waitFor()
  await page.getByRole('row', { name: /Integration changed.*monitoring.*\(key\)/ }).waitFor()
  await expectAccessible()
})

test('what was typed is kept as an example, filled in by a click, opened by its URL, replaced and deleted', async () => {
  const id = await connectShop(dashboard, 'With examples')
  const { page, visit, expectAccessible } = await dashboard.visitor()
  await visit(`integrations/${id}?part=explore&operation=getBook`, 'With examples')
  await page.getByLabel('id').fill('2')
  await page.getByRole('button', { name: 'Save as example' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Solaris')
  await page.keyboard.press('Enter')
  await page.getByText('The example is saved.').waitFor()
  await expect.poll(() => new URL(page.url()).searchParams.get('example')).not.toBeNull()
  await expectAccessible()
  const { page: other, visit: otherVisit } = await dashboard.visitor({ key: (await dashboard.hub.call('POST', '/api/v1/keys', { name: 'viewer', role: 'viewer' })).body.key })
  await otherVisit(new URL(page.url()).pathname.replace('/t/default/', '') + new URL(page.url()).search, 'With examples')
  expect(await other.getByLabel('id').inputValue()).toBe('2')
  expect(await other.getByRole('button', { name: 'Save as example' }).count()).toBe(0)
  expect(await other.getByRole('button', { name: 'Delete the example Solaris' }).count()).toBe(0)
  await page.getByLabel('id').fill('3')
  await page.getByRole('button', { name: 'Save as example' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Replace it' }).click()
  await expect.poll(async () => (await api('GET', `${id}/examples`)).body.data[0].input).toEqual({ id: 3 })
  await page.getByRole('button', { name: 'Delete the example Solaris' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect.poll(async () => (await api('GET', `${id}/examples`)).body.data).toEqual([])
})

test('the code that is shown runs as it is copied, whatever was typed', async () => {
  const id = await connectShop(dashboard, "Ada's shop")
  const { page, visit } = await dashboard.visitor()
  await visit(`integrations/${id}?part=explore&operation=addBook`, "Ada's shop")
  const title = `It's "quoted" \\ $HOME \`id\` ${'&'}`
  await page.getByLabel('title').fill(title)
  await page.getByLabel('author').fill('-n, @me')
  await page.getByLabel('price').fill('7.5')
  await page.getByText('Code', { exact: true }).click()
  await using command = await installCommand()
  const options = { cwd: path.resolve(import.meta.dirname, '../..'), env: { ...process.env, PATH: command.path, INTERCHANGE_API_KEY: dashboard.hub.key } }
  const run = promisify(execFile)
  const ways: Record<string, (code: string) => Promise<unknown>> = {
    curl: (code) => run('sh', ['-c', code], options), CLI: (code) => run('sh', ['-c', code], options),
    TypeScript: (code) => run(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '--eval', code], options),
  }
  for (const [language, start] of Object.entries(ways)) {
    await page.getByText(language, { exact: true }).click()
    await start(await page.getByLabel(language, { exact: true }).last().textContent() ?? '')
    const { body: { data } } = await api('POST', `${id}/run`, { operation: 'listBooks' })
    expect(data.at(-1), language).toMatchObject({ title, author: '-n, @me', price: 7.5 })
    await api('POST', `${id}/run`, { operation: 'removeBook', input: { id: data.at(-1).id } })
  }
})

test('the table draws the calls of the day beside their number, for all rows in one request', async () => {
  const ids = [await connectShop(dashboard, 'Busy one'), await connectShop(dashboard, 'Busy two')]
  for (const id of ids) for (let calls = 0; calls < 3; calls += 1) await api('POST', `${id}/run`, { operation: 'listBooks' })
  const { page, visit } = await dashboard.visitor()
  const asked: string[] = []
  page.on('request', (request) => { if (/\/figures\/integrations|\/metrics/.test(request.url())) asked.push(request.url()) })
  await visit('integrations?q=Busy', 'Integration Hub')
  await expect.poll(() => page.getByRole('cell').filter({ hasText: /^3$/ }).locator('svg path').count()).toBe(4)
  expect(asked).toHaveLength(1)
})

test('many are checked, resumed and deleted at once; one that fails keeps nobody from the others, and is named', async () => {
  for (const name of ['Many one', 'Many two', 'Many three']) await connectShop(dashboard, name)
  const { page, visit } = await dashboard.visitor()
  await visit('integrations?q=Many', 'Integration Hub')
  await page.getByLabel('Select all').check()
  const toolbar = page.getByRole('toolbar')
  await toolbar.getByRole('button', { name: 'Run checks' }).click()
  await page.getByText('3 of 3 are healthy').waitFor()
  await toolbar.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('3 paused').waitFor()
  await toolbar.getByRole('button', { name: 'Resume' }).click()
  await page.getByText('3 resumed').waitFor()
  const [{ id }] = (await dashboard.hub.call('GET', '/api/v1/integrations?q=Many two')).body.data
  await page.route(`**/api/v1/integrations/${id}`, (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, code: 'database_unavailable', title: 'x', detail: 'The database is away.' }) }))
  await toolbar.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('1 of 3 did not work. Many two: The database is away.').waitFor()
  expect((await dashboard.hub.call('GET', '/api/v1/integrations?q=Many')).body.data.map(({ name }: { name: string }) => name)).toEqual(['Many two'])
})
