import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { json } from '../../../test/upstream.ts'
import type { ApiKey, Credential, Integration } from '../../client/types.ts'
import { useScene } from '../shop.fixture.ts'

const scene = useScene()
const { run, answerOf, connected } = scene

describe('integrations', () => {
  test('are listed as a table, page by page, and as JSON', async () => {
    const [first, second] = [await connected(), await connected()]
    const { stdout } = await run(['integrations', '--limit', '1'])
    expect(stdout).toMatch(new RegExp(`^ID +NAME +CONNECTOR +STATUS +CONNECTION +TESTED\n${second.id} +${second.name} +book-shop +active +inactive +–\nMore with: --cursor \\S+\n$`))
    const [, cursor] = /--cursor (\S+)/.exec(stdout)!
    expect(await answerOf(['integrations', 'list', '--limit', '1', '--cursor', cursor!])).toMatchObject({ data: [{ id: first.id }] })
    expect((await run(['ls', '-q', 'no such text'])).stdout).toBe('Nothing found.\n')
  })

  test('are named by id, by name, or by name in other letters; a name of several is refused with their ids', async () => {
    const { id, name } = await connected('Named Once')
    for (const way of [id, name, 'named once']) expect(await answerOf(['integrations', 'show', way])).toMatchObject({ id })
    const [one, two] = [await connected('Twice'), await connected('Twice')]
    const { code, stderr } = await run(['run', 'Twice', 'getBook', 'id:=1'])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^2 integrations are called Twice\.\n {2}Name one by its id:/) })
    for (const each of [one, two]) expect(stderr).toContain(each.id)
    expect(await run(['integrations', 'show', 'Nobody'])).toMatchObject({ code: 1, stderr: 'There is no integration called Nobody.\n  `interchange integrations` lists them.\n' })
    expect(scene.shop.asked).toEqual([])
  })

  test('one of two whose names differ in upper and lower case is the one that was written', async () => {
    const [lower] = [await connected('cases'), await connected('CASES')]
    expect(await answerOf(['integrations', 'show', 'cases'])).toMatchObject({ id: lower.id })
  })

  test('a test ends with 0 where the connection works, with 1 where it does not', async () => {
    const { name } = await connected()
    expect(await run(['integrations', 'test', name])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Works \(\d+ ms\): /) })
    scene.shop.answer((_request, response) => { json(response, 403, {}) })
    expect(await run(['integrations', 'test', name])).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Does not work \(\d+ ms\): /), stderr: '' })
  })

  test('settings are changed by values or by a merge patch', async () => {
    const { name, id } = await connected()
    expect((await run(['integrations', 'set', name, 'dataHandling.rateLimit.requestsPerMinute:=600', 'metadata.status=maintenance'])).stdout).toBe(`Changed ${name}.\n`)
    expect(await answerOf(['integrations', 'set', id, '{"metadata":{"tags":["a"]}}'])).toMatchObject({ metadata: { status: 'maintenance', tags: ['a'] }, dataHandling: { rateLimit: { requestsPerMinute: 600 } } })
    expect(await run(['run', name, 'getBook', 'id:=1'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^integration_not_active: [^]*metadata\.status=active\n$/) })
    expect(await run(['integrations', 'set', name, 'connection.timeout=soon'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^invalid_input: [^]*\/connection\/timeout: /) })
  })

  test('show their figures, and go when they are deleted', async () => {
    const { name, id } = await connected()
    await run(['run', name, 'getBook', 'id:=1'])
    expect((await run(['integrations', 'metrics', name])).stdout).toMatch(/averageLatency +[\d.]+/)
    expect((await run(['integrations', 'delete', name])).stdout).toBe(`Deleted ${name}.\n`)
    expect(await run(['integrations', 'show', id])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^not_found: /) })
  })
})

describe('catalog', () => {
  test('is searched, and shows connectors and what they can do', async () => {
    await connected()
    expect((await run(['catalog', 'stripe', '--limit', '3'])).stdout).toMatch(/^CONNECTOR +NAME +OPERATIONS +ORIGIN +SUPPORT\nstripe /)
    expect(await answerOf(['catalog', 'show', 'smtp-email'])).toMatchObject({ id: 'smtp-email', credentialSchema: { host: {} } })
    expect((await run(['catalog', 'operations', 'book-shop', '-q', 'Get a book'])).stdout).toMatch(/^OPERATION +METHOD +PATH +WHAT IT DOES\ngetBook +GET +\/books\/\{id\} +Get a book\.\n$/)
    expect(await answerOf(['catalog', 'operation', 'book-shop', 'getBook'])).toMatchObject({ id: 'getBook', input: { properties: { id: {} } } })
    expect(await run(['catalog', 'operations', 'not-here'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^not_found: [^]*interchange catalog install not-here\n$/) })
  })

  test('a connector that nothing uses is removed, one in use is not', async () => {
    await answerOf(['connect', join(scene.folder, 'shop.json'), '--id', 'short-lived', '--name', 'Short', '--no-test'])
    expect(await run(['catalog', 'remove', 'short-lived'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^conflict: .*Short/) })
    await run(['integrations', 'delete', 'Short'])
    expect(await run(['catalog', 'remove', 'short-lived'])).toMatchObject({ code: 0, stdout: 'Removed short-lived.\n' })
  })
})

describe('credentials', () => {
  test('are stored from a file, a variable, standard input or a prompt, and never shown', async () => {
    const file = join(scene.folder, 'host.txt')
    await writeFile(file, 'mail.example\n')
    const fields = ['-c', `host=@${file}`, '-c', 'username=env:MAIL_USER', '-c', 'port:=587', '-c', 'from=me@example.com']
    const stored = await run(['credentials', 'create', 'smtp-email', '--id', 'mail', ...fields, '-c', 'password=-'], { env: { MAIL_USER: 'me' }, stdin: 'mail-secret-1\n' })
    expect(stored).toEqual({ code: 0, stderr: '', stdout: 'Stored mail.\n' })
    const typed = await run(['credentials', 'create', 'smtp-email', '--id', 'typed', ...fields, '-c', 'password=-'], { env: { MAIL_USER: 'me' }, typed: ['mail-secret-2'] })
    expect(typed).toEqual({ code: 0, stderr: 'password: \n', stdout: 'Stored typed.\n' })
    const { data } = await answerOf<{ data: Credential[] }>(['credentials', '--connector', 'smtp-email'])
    expect(data.find(({ id }) => id === 'mail')?.fields).toMatchObject({ host: { value: 'mail.example' }, username: { value: 'me' }, password: { set: true } })
    expect(JSON.stringify(data)).not.toContain('mail-secret')
    expect((await run(['credentials'])).stdout).toMatch(/^ID +NAME +CONNECTOR +FIELDS +CHANGED\n[^]*\nmail +mail +smtp-email +/)
  })

  test('are used by a connection, changed in part, and deleted once nothing uses them', async () => {
    await connected()
    await run(['credentials', 'create', 'book-shop', '--id', 'shop-key', '-c', 'shopKey=first-shop-key', '--expires', '2031-05-06T07:08:09Z'])
    expect((await answerOf<{ data: Credential[] }>(['credentials', '--connector', 'book-shop'])).data.find(({ id }) => id === 'shop-key')).toMatchObject({ expiresAt: '2031-05-06T07:08:09.000Z' })
    const { name } = await answerOf<Integration>(['connect', 'book-shop', '--credential-id', 'shop-key', '--name', 'With a stored key'])
    expect(await run(['credentials', 'update', 'shop-key', '-c', 'shopKey=-'], { stdin: 'second-shop-key' })).toMatchObject({ code: 0, stdout: 'Changed shop-key.\n' })
    await run(['run', name, 'getBook', 'id:=1'])
    expect(scene.shop.asked.map(({ headers }) => headers['x-api-key'])).toEqual(['first-shop-key', 'second-shop-key'])
    expect(await run(['credentials', 'delete', 'shop-key'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^conflict: /) })
    await run(['integrations', 'delete', name])
    expect(await run(['credentials', 'delete', 'shop-key'])).toMatchObject({ code: 0, stdout: 'Deleted shop-key.\n' })
  })

  test('a variable that is not set and an empty standard input are refused before anything is sent', async () => {
    expect(await run(['credentials', 'create', 'smtp-email', '-c', 'password=env:NOT_SET'])).toMatchObject({ code: 2, stderr: 'password: the environment variable NOT_SET is not set.\n' })
    expect(await run(['credentials', 'create', 'smtp-email', '-c', 'password=-'])).toMatchObject({ code: 2, stderr: 'password: nothing was given on standard input.\n' })
  })

  test('several from standard input are a line each, one may have many lines', async () => {
    await answerOf(['credentials', 'create', 'zulip-message', '--id', 'lines', '-c', 'site=-', '-c', 'email=-', '-c', 'apiKey=zulip-api-key'], { stdin: 'https://zulip.example\nbot@zulip.example\n' })
    await answerOf(['credentials', 'create', 'zulip-message', '--id', 'pem', '-c', 'email=-', '-c', 'site=https://zulip.example', '-c', 'apiKey=zulip-api-key'], { stdin: 'line one\nline two\n' })
    const { data } = await answerOf<{ data: Credential[] }>(['credentials', '--connector', 'zulip-message'])
    expect(data.find(({ id }) => id === 'lines')?.fields).toMatchObject({ site: { value: 'https://zulip.example' }, email: { value: 'bot@zulip.example' } })
    expect(data.find(({ id }) => id === 'pem')?.fields).toMatchObject({ email: { value: 'line one\nline two' } })
  })
})

describe('keys', () => {
  test('are made, listed and revoked; a made key works until then', async () => {
    const { code, stdout } = await run(['keys', 'create', 'for a script', '--role', 'developer', '--scope', 'integrations:read', '--expires', '2099-01-01'])
    expect(code).toBe(0)
    const key = stdout.trim()
    expect(await run(['integrations', '--key', key])).toMatchObject({ code: 0 })
    const { data } = await answerOf<{ data: ApiKey[] }>(['keys'])
    const { id } = data.find(({ name }) => name === 'for a script')!
    expect(await run(['keys', 'revoke', id])).toMatchObject({ code: 0, stdout: `Revoked ${id}.\n` })
    expect(await run(['integrations', '--key', key])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^unauthorized/) })
    expect((await run(['keys', 'list'])).stdout).toMatch(/for a script +\S+ +developer +integrations:read +revoked/)
  })

  test('rotation of the encryption keys leaves credentials readable', async () => {
    const { name } = await connected()
    expect((await run(['rotate-keys'])).stdout).toMatch(/^Tenants with a new key: 1\. Credentials encrypted anew: [1-9]\d*\.\n$/)
    expect(await answerOf(['rotate-keys', '--all-tenants'])).toMatchObject({ tenants: 1, unreadable: 0 })
    expect((await run(['rotate-keys', '--root'])).stdout).toMatch(/^The root key is [0-9a-f]{12} now\. Keys wrapped anew: [1-9]\d*\.\n$/)
    await run(['run', name, 'getBook', 'id:=1'])
    expect(scene.shop.asked.at(-1)?.headers['x-api-key']).toBe('shop-key-4711')
  })
})

describe('retention and storage', () => {
  test('how long each is kept is shown, set below what the operator allows, and given back', async () => {
    expect((await run(['retention'])).stdout).toMatch(/events +30 days +the operator +30 days +INTERCHANGE_EVENTS_RETENTION_DAYS\n/)
    expect((await run(['retention', 'set', '--events', '7', '--runs', '1'])).stdout).toMatch(/events +7 days +this tenant +30 days[^]*runs +1 day +this tenant/)
    expect(await answerOf(['retention', 'show'])).toMatchObject({ events: { days: 7, keptDays: 7, ceilingDays: 30 }, deliveries: { days: null } })
    expect(await answerOf(['retention', 'set', '--events', 'most', '--runs', 'most'])).toMatchObject({ events: { days: null, keptDays: 30 }, runs: { days: null } })
    expect(await run(['retention', 'set', '--events', '31'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/\/events: is more than the 30 days that the operator allows/) })
    for (const words of [['--events', 'never'], ['--events', '0'], []]) expect(await run(['retention', 'set', ...words])).toMatchObject({ code: 2, stderr: expect.stringMatching(/whole number of days|Say what to change/) })
  })

  test('what is stored is shown by kind and by integration', async () => {
    const { name } = await connected()
    await run(['run', name, 'getBook', 'id:=1'])
    const { stdout } = await run(['storage'])
    expect(stdout).toMatch(/executions +[\d.]+ k?B\n/)
    expect(stdout).toMatch(/together +[\d.]+ [kM]?B\n/)
    expect(stdout).toMatch(new RegExp(`${name} +[\\d.]+ k?B`))
    expect(await answerOf(['storage'])).toMatchObject({ bytes: { executions: expect.any(Number), runs: expect.any(Number) }, totalBytes: expect.any(Number) })
  })
})
