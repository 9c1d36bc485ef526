import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { runCommand } from '../shell.fixture.ts'
import { forBash, splitLine } from './words.ts'

const main = fileURLToPath(new URL('../../main.ts', import.meta.url))
/** For a shell. */
const cli = `"${process.execPath}" --disable-warning=ExperimentalWarning "${main}"`
let hub: TestHub
let close: () => Promise<void>
let env: Record<string, string>

beforeAll(async () => {
  ({ hub, close } = await openHub())
  env = { INTERCHANGE_URL: hub.url, INTERCHANGE_API_KEY: hub.key }
  const document = (operations: string[]): object => ({ openapi: '3.1.0', info: { title: 'Pets', version: '1' }, servers: [{ url: 'http://127.0.0.1:9' }], paths: Object.fromEntries(operations.map((id) => [`/${id}`, { get: { operationId: id, responses: {} } }])) })
  await hub.call('POST', '/api/v1/connectors/import?id=acme:pets', { document: document(['getPet', 'getPets', 'addPet', 'pets/list all']) })
  for (const name of ['Pet Store', 'Pet Shop', 'petty', "O'Neil & $(sons)", 'evil\u001b[2J']) await hub.call('POST', '/api/v1/integrations?test=false', { name, connector: 'acme:pets' })
  await hub.call('POST', '/api/v1/webhooks', { name: 'Shop hook', url: 'https://example.com', events: ['*'] })
  await hub.call('POST', '/api/v1/webhook-sources', { name: 'Git Hub', verification: { scheme: 'none' } })
  await hub.call('POST', '/api/v1/credentials', { id: 'pet-key', connector: 'smtp-email', credentials: { host: 'mail.example', from: 'me@example.com' } })
})
afterAll(() => close())

/** A busy machine is no reason to find nothing. */
const patient = ['--patience', '60000']

/** Candidates for the last of `words`. */
async function completed(words: string[], environment = env, patience = patient): Promise<string[]> {
  const { code, stdout, stderr } = await runCommand(['__complete', ...patience, '--', ...words], { env: environment })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.split('\n').filter((line) => line !== '')
}

describe('from the commands', () => {
  test.each([
    [['ro'], ['rotate-keys']],
    [['ca', ''], []],
    [['catalog', 'o'], ['operation', 'operations']],
    [['executions', 'list', '--st'], ['--status']],
    [['executions', '--status', ''], ['failed', 'refused', 'succeeded']],
    [['keys', 'create', 'x', '--role', 'd'], ['developer']],
    [['completion', ''], ['bash', 'fish', 'zsh']],
    [['completion', 'bash', ''], []],
    [['--url', 'http://127.0.0.1:9', 'wor'], ['worker']],
    [['connect', '--no'], ['--no-test']],
    [['webhooks', 're'], ['redrive', 'replay']],
    [['webhooks', 'sources', 'cr'], ['create']],
    [['webhooks', 'sources', 'create', 'x', '--scheme', 's'], ['shopify', 'slack', 'standard-webhooks', 'stripe']],
  ])('%j may go on with %j', async (words, expected) => {
    expect(await completed(words, {})).toEqual(expected)
  })

  test('hidden commands are not offered', async () => {
    const all = await completed([''], {})
    expect(all).toContain('connect')
    expect(all).not.toContain('__complete')
    expect(all).not.toContain('schema')
  })
})

describe('from the hub', () => {
  test.each([
    [['run', 'Pet'], ['Pet Shop', 'Pet Store']],
    [['run', 'Pet Store', 'get'], ['getPet', 'getPets']],
    [['integrations', 'show', 'p'], ['petty']],
    [['executions', '--integration', 'pet'], ['petty']],
    [['catalog', 'operations', 'acme'], ['acme:pets']],
    [['catalog', 'operation', 'acme:pets', 'add'], ['addPet']],
    [['credentials', 'delete', ''], ['pet-key']],
    [['webhooks', 'send', ''], ['Shop hook']],
    [['deliveries', '--webhook', 'Sh'], ['Shop hook']],
    [['webhooks', 'sources', 'delete', 'G'], ['Git Hub']],
    [['listen', 'G'], ['Git Hub']],
    [['run', 'No Such', ''], []],
  ])('%j may go on with %j', async (words, expected) => {
    expect(await completed(words)).toEqual(expected)
  })

  test('a name with control characters is not offered: it would act on the terminal', async () => {
    expect(await completed(['integrations', 'delete', 'evil'])).toEqual([])
  })

  test('the hub that is typed is the one that is asked', async () => {
    expect(await completed(['--url', hub.url, '--key', hub.key, 'run', 'petty'], { INTERCHANGE_URL: 'http://127.0.0.1:9' })).toEqual(['petty'])
    expect(await completed([`--url=${hub.url}`, `--key=${hub.key}`, 'run', 'petty'], {})).toEqual(['petty'])
  })

  test('where no hub answers, or not in time, or not to this key, there is silence', async () => {
    const mute = createServer(() => undefined)
    await new Promise<void>((resolve) => { mute.listen(0, '127.0.0.1', resolve) })
    const silent = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`
    for (const url of ['http://127.0.0.1:9', 'no url', silent]) expect(await completed(['run', ''], { ...env, INTERCHANGE_URL: url }, [])).toEqual([])
    expect(await completed(['run', ''], { ...env, INTERCHANGE_API_KEY: 'a-key-of-nobody-at-all-here' })).toEqual([])
    mute.closeAllConnections()
    await new Promise((resolve) => { mute.close(resolve) })
  })
})

describe('in bash', () => {
  /** What bash is given for a line with the cursor at its end. */
  async function inBash(line: string): Promise<string[]> {
    const script = `interchange() { if [[ $1 == __complete ]]; then set -- "$1" ${patient.join(' ')} "\${@:2}"; fi; ${cli} "$@"; }
      source <(interchange completion bash)
      COMP_LINE=$1; COMP_POINT=\${#1}
      _interchange
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script, 'bash', line], { env: { PATH: process.env['PATH'], ...env } })
    return stdout.split('\n').filter((each) => each !== '')
  }

  test('names come quoted, so that they are one word once they are put in', async () => {
    expect(await inBash('interchange run Pet')).toEqual(['Pet\\ Shop', 'Pet\\ Store'])
    expect(await inBash('interchange run Pet\\ St')).toEqual(['Pet\\ Store'])
    expect(await inBash('interchange run "Pet St')).toEqual(['Pet Store'])
    const [name] = await inBash('interchange run O')
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', `printf '%s' ${name}`])
    expect(stdout).toBe("O'Neil & $(sons)")
  })

  test('a word with a colon is completed behind it, as bash wants it', async () => {
    expect(await inBash('interchange catalog operations acme:p')).toEqual(['pets'])
    expect(await inBash('interchange catalog operation acme:pets pets')).toEqual(['pets/list\\ all'])
  })

  test.each([
    ['a b', ['a', 'b'], undefined],
    ['a ', ['a', ''], undefined],
    ['a "b c', ['a', 'b c'], '"'],
    ["a 'b\\ c", ['a', 'b\\ c'], "'"],
    ['a b\\ c"d e"f', ['a', 'b cd ef'], undefined],
    ['a "" ', ['a', '', ''], undefined],
    ['', [''], undefined],
  ] as const)('the line %j is taken apart as the shell would', (line, words, openQuote) => {
    expect(splitLine(line)).toEqual({ words, openQuote })
  })

  test('what stands before the last colon or equals sign does not come again', () => {
    expect(forBash(['a:b c', 'a:be'], 'a:b', undefined)).toEqual(['b\\ c', 'be'])
    expect(forBash(['a:b c'], 'a:b', '"')).toEqual(['a:b c'])
  })
})

/** Skipped, and counted as such, where the shell is not installed. */
const where = (shell: string): { skip: boolean } => ({ skip: spawnSync(shell, ['--version']).status !== 0 })

/** `script` makes the command a shell's function. */
async function withScript(script: string, work: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interchange-shell-'))
  try {
    const file = path.join(folder, 'my script')
    await writeFile(file, script)
    await work(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const shell = (name: string, words: string[]): Promise<string> => promisify(execFile)(name, words, { env: { PATH: process.env['PATH'], HOME: tmpdir(), TERM: 'dumb', ...env } }).then(({ stdout }) => stdout)

describe('in zsh', where('zsh'), () => {
  const script = `interchange() { if [[ $1 == completion ]]; then ${cli} "$@"; elif [[ $1 == __complete ]]; then ${cli} $1 ${patient.join(' ')} "\${@:2}"; else local IFS='|'; print -r -- "<$*>"; fi }
    source <(interchange completion zsh)`

  test('a Tab makes a name one word, however it was begun', () => withScript(script, async (file) => {
    const typed = ['interchange run pett', 'interchange run Pet\\ St', 'interchange run "Pet St', "interchange run 'Pet St", 'interchange run O', 'interchange catalog operations acme:p', 'interchange rota', 'interchange run petty addP']
    expect((await shell('zsh', ['-f', fileURLToPath(new URL('type-in-zsh.zsh', import.meta.url)), file, ...typed])).split('\n').slice(0, -1)).toEqual([
      'run|petty', 'run|Pet Store', 'run|Pet Store', 'run|Pet Store', "run|O'Neil & $(sons)", 'catalog|operations|acme:pets', 'rotate-keys', 'run|petty|addPet',
    ])
  }))
})

describe('in fish', where('fish'), () => {
  const script = `function interchange; if test $argv[1] = __complete; ${cli} $argv[1] ${patient.join(' ')} $argv[2..-1]; else; ${cli} $argv; end; end; interchange completion fish | source`

  test.each([
    ['interchange run Pet', ['Pet Shop', 'Pet Store']], ['interchange run Pet\\ St', ['Pet Store']], ['interchange run "Pet St', ['Pet Store']], ["interchange run 'Pet St", ['Pet Store']], ["interchange run O\\'N", ["O'Neil & $(sons)"]],
    ['interchange catalog operations acme:p', ['acme:pets']], ['interchange rota', ['rotate-keys']], ['interchange run "Pet Store" addP', ['addPet']], ['interchange run "Pet Store" pets/', ['pets/list all']],
  ])('%s has its candidates', (line, expected) => withScript(script, async (file) => {
    expect((await shell('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', file, line])).split('\n').filter((each) => each !== '')).toEqual(expected)
  }))

  test('files are offered where there is nothing else', () => withScript(script, async (file) => {
    const begun = file.slice(0, -'script'.length)
    expect((await shell('fish', ['--no-config', '-c', 'source $argv[1]; complete -C "interchange connect $(string escape $argv[2])"', file, begun])).trim()).toBe(file)
  }))
})
