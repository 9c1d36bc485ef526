import { describe, expect, test } from 'vitest'
import { json } from '../../test/upstream.ts'
import type { Integration } from '../client/types.ts'
import { useScene } from './shop.fixture.ts'

const scene = useScene()
const { run, answerOf, connected } = scene

describe('a command that is called wrongly', () => {
  test.each([
    [['run', 'x', 'op', 'novalue'], /^novalue is no value: write name=text, or name:=JSON\.\n$/],
    [['run', 'x', 'op', 'a:={'], /^a is no JSON: /],
    [['run', 'x', 'op', 'a=1', 'a.b=2'], /^a cannot be a value and have b below it\.\n$/],
    [['run', 'x', 'op', '--input', '[1]', 'a=1'], /^name=value can be added to an input that is an object only\.\n$/],
    [['run', 'x', 'op', '--input', '{}', '--file', 'x'], /^Give either --input or --file\.\n$/],
    [['run', 'x', 'op', '--file', '/nowhere/at/all'], /^\/nowhere\/at\/all cannot be read: there is no such file\.\n$/],
    [['executions', '--limit', 'many'], /It takes a whole number from 1\./],
    [['executions', '--status', 'odd'], /Allowed choices are succeeded, failed, refused\./],
    [['executions', '--from', 'yesterday'], /It takes a time such as/],
    [['keys', 'create', 'x', '--role', 'king'], /Allowed choices are viewer, developer, admin, owner\./],
    [['integrations', 'set', 'x', '{"a"'], /^The patch is no JSON: /],
    [['credentials', 'update', 'x'], /^Say what to change/],
    [['connect', 'x', '--update'], /^--update needs --id/],
    [['connect', 'x', '--apply'], /^--apply goes with --update/],
    [['rotate-keys', '--root', '--all-tenants'], /^Give either --root or --all-tenants/],
    [['connect', '-', '-c', 'a=-'], /^Standard input has the document already/],
    [['webhooks', 'create', 'shop.example'], /^shop\.example is no URL\.\n$/],
    [['webhooks', 'sources', 'create', 'x', '--scheme', 'md5'], /Allowed choices are standard-webhooks, github/],
    [['deliveries', '--status', 'lost'], /Allowed choices are pending, delivered, failed, parked\./],
    [['events', 'send'], /required option '--type <type>'/],
    [['listen', 'x', '--new'], /^--new makes a source of its own: give no other\.\n$/],
    [['listen', '--forward', 'http://'], /^http:\/\/ is no URL such as http:\/\/localhost:3000\/hook\.\n$/],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish\./],
    [['integrations', '--url', 'localhost:8080'], /^localhost:8080 is no address of a hub: it takes a URL such as http:\/\/127\.0\.0\.1:8080\.\n$/],
    [['integrations', '--key', 'two words'], /^The API key has spaces/],
    [['frobnicate'], /unknown command 'frobnicate'[^]*--help/],
    [['run'], /missing required argument 'integration'/],
  ])('%j is called wrongly: it ends with 2, says why, and asks the hub nothing', async (words, message) => {
    expect(await run(words)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
    expect(scene.shop.asked).toEqual([])
  })
})

describe('the hub that is talked to', () => {
  test('where there is none, the command says so and what to do', async () => {
    expect(await run(['integrations'], { env: { INTERCHANGE_URL: 'http://127.0.0.1:9' } })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^There is no hub at http:\/\/127\.0\.0\.1:9\.\n {2}Start one with `npm start`/) })
  })

  test('where something else answers, that is told too', async () => {
    scene.shop.answer((_request, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>') })
    expect(await run(['integrations', '--url', scene.shop.url])).toMatchObject({ code: 1, stderr: expect.stringContaining(`There is no hub at ${scene.shop.url}.`) })
    scene.shop.answer((_request, response) => { response.writeHead(404).end('nothing') })
    expect(await run(['integrations', '--url', scene.shop.url])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^unexpected_answer: [^]*Name the hub with --url/) })
  })

  test('a wrong or missing key, and one that may not, are told with what to do', async () => {
    const wrong = { code: 1, stdout: '', stderr: expect.stringMatching(/^unauthorized: [^]*INTERCHANGE_API_KEY/) }
    expect(await run(['integrations'], { env: { INTERCHANGE_API_KEY: 'not-the-key-of-anybody-here' } })).toMatchObject(wrong)
    expect(await run(['integrations'], { env: { INTERCHANGE_API_KEY: '' } })).toMatchObject(wrong)
    const { key } = await answerOf<{ key: string }>(['keys', 'create', 'reader', '--role', 'viewer'])
    expect(await run(['rotate-keys', '--key', key])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^forbidden: [^]*interchange keys create/) })
  })

  test('options win over the environment, and blanks around a key do no harm', async () => {
    expect(await run(['integrations', '--url', scene.hub.url, '--key', scene.hub.key], { env: { INTERCHANGE_URL: 'http://127.0.0.1:9', INTERCHANGE_API_KEY: 'other' } })).toMatchObject({ code: 0 })
    expect(await run(['integrations'], { env: { INTERCHANGE_API_KEY: `${scene.hub.key}\n`, INTERCHANGE_URL: `${scene.hub.url}/` } })).toMatchObject({ code: 0 })
  })
})

describe('what is shown', () => {
  const nasty = 'A\u001b[31mred\u0007\u009b2J\u202etxt.exe\nfake line'

  test('control characters in names, answers and errors never reach the terminal', async () => {
    const { status, body } = await scene.hub.call('POST', '/api/v1/integrations?test=false', { name: nasty, connector: 'http', configuration: {}, connection: { endpoint: scene.shop.url } })
    expect(status, JSON.stringify(body)).toBe(201)
    await connected()
    scene.shop.answer((_request, response) => { json(response, 400, { message: nasty }) })
    const { data: [last] } = await answerOf<{ data: [Integration] }>(['integrations', '-q', 'Shop', '--limit', '1'])
    const outputs = [await run(['integrations']), await run(['integrations', '--json']), await run(['integrations', 'show', body.id as string]), await run(['integrations', 'set', body.id as string, 'description=x']), await run(['run', last.id, 'getBook', 'id:=1']), await run(['run', last.id, 'getBook', 'id:=1', '--json']), await run(['executions']), await run(['run', nasty])]
    for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u)
    expect(outputs[0]!.stdout).toContain('A·[31mred··2J·txt.exe·fake line')
    expect((JSON.parse(outputs[1]!.stdout) as { data: Integration[] }).data.map(({ name }) => name)).toContain(nasty)
  })

  test('progress is drawn on a terminal, and nowhere else', async () => {
    const { name } = await connected()
    expect((await run(['integrations', 'test', name], { terminal: true })).stderr).toContain('testing')
    expect((await run(['integrations', 'test', name])).stderr).toBe('')
  })

  test('every command explains itself, with its options and the global ones', async () => {
    const root = await run(['--help'])
    expect(root.code).toBe(0)
    for (const word of ['serve', 'connect', 'rotate-keys', 'INTERCHANGE_API_KEY', 'Begin with']) expect(root.stdout).toContain(word)
    const commands = ['serve', 'worker', 'migrate', 'connect', 'run', 'integrations', 'integrations set', 'executions', 'executions list', 'catalog', 'catalog search', 'credentials', 'credentials create', 'keys', 'keys create', 'rotate-keys', 'completion', 'webhooks', 'webhooks create', 'webhooks replay', 'webhooks sources', 'webhooks sources create', 'webhooks inspect', 'deliveries', 'events', 'events send', 'listen', 'flows', 'flows validate', 'flows apply', 'flows diff']
    for (const command of commands) {
      const { code, stdout } = await run([...command.split(' '), '--help'])
      expect({ command, code }).toEqual({ command, code: 0 })
      expect(stdout).toMatch(new RegExp(`^Usage: interchange ${command}[^]*Global Options:[^]*--json`))
    }
    expect((await run(['serve', '--help'])).stdout).toContain('INTERCHANGE_ALLOW_NETWORKS')
    expect((await run(['connect', '--help'])).stdout).toContain('env:NAME')
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})
