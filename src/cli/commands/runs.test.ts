import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useScene } from '../shop.fixture.ts'

const scene = useScene()
const { run, answerOf } = scene

async function store(name: string, tasks: unknown[]): Promise<void> {
  const { status, body } = await scene.hub.call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name, version: '1.0.0' }, do: tasks })
  expect(status, JSON.stringify(body)).toBe(201)
}

test('a run tells of its tasks as they end, prints its output alone on standard output, and ends with 0', async () => {
  await store('greet', [{ greet: { do: [{ compose: { set: { greeting: '${ "Hello \\(.name), \\(.times)" }' } } }] } }])
  const { code, stdout, stderr } = await run(['flows', 'run', 'greet', 'name=Ada', 'times:=2'])
  expect({ code, output: JSON.parse(stdout) }).toEqual({ code: 0, output: { greeting: 'Hello Ada, 2' } })
  expect(stderr.split('\n').sort()).toEqual(['', expect.stringMatching(/^ {2}✓ compose {2}\d+ ms$/), expect.stringMatching(/^✓ greet {2}\d+ ms$/)])
  const terminal = await run(['flows', 'run', 'greet', '-i', '{"name":"Bob","times":1}'], { terminal: true })
  expect(terminal.stderr).toMatch(/✓ compose/)
  expect(JSON.parse((await run(['flows', 'run', 'greet', '--json'])).stdout)).toMatchObject({ status: 'completed', tasks: [{ name: 'greet' }, { name: 'compose' }] })
})

test('a run that faults says why and where, and ends with 1', async () => {
  await store('broken', [{ fine: { set: { a: 1 } } }, { fail: { raise: { error: { type: 'https://example.com/broken', status: 500, title: 'It broke', detail: 'as planned' } } } }])
  const { code, stdout, stderr } = await run(['flows', 'run', 'broken'])
  expect(code).toBe(1)
  expect(stdout).toMatch(/^The run \S+ is faulted\. It broke: as planned \(\/do\/1\/fail\)\n$/)
  expect(stderr).toContain('✗ fail')
  expect((await run(['flows', 'logs', 'broken'])).stdout).toMatch(/ {2}faulted {2}\d+ ms {2}by api {2}https:\/\/example\.com\/broken\n$/)
})

test('a run that waits is left to itself, listed, shown, suspended, resumed and cancelled', async () => {
  await store('patient', [{ rest: { wait: { hours: 1 } } }])
  const { id } = await answerOf<{ id: string }>(['flows', 'run', 'patient', '--detach'])
  expect((await run(['runs', 'list', '--flow', 'patient'])).stdout).toMatch(new RegExp(`^ID +FLOW +VERSION[^]*${id} +patient +1\\.0\\.0`))
  expect((await run(['runs', 'show', id])).stdout).toMatch(/^patient 1\.0\.0: \w+, started .* by api\n/)
  expect(await run(['runs', 'suspend', id])).toMatchObject({ code: 0 })
  await expect.poll(async () => (await answerOf<{ status: string }>(['runs', 'show', id])).status, { timeout: 10_000 }).toBe('suspended')
  expect(await run(['runs', 'resume', id])).toMatchObject({ code: 0 })
  expect(await run(['runs', 'cancel', id])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Asked it to cancel; it is \w+\.\n$/) })
  expect(await run(['runs', 'show', id, '--follow'])).toMatchObject({ code: 1, stdout: expect.stringContaining('is cancelled.') })
  expect(await run(['runs', 'resume', id])).toMatchObject({ code: 1, stderr: expect.stringContaining('conflict') })
})

test('a kept run is replayed against its flow: what comes out otherwise is told, and ends with 1', async () => {
  await store('kept', [{ get: { set: { n: '${ .n }' } } }, { double: { set: { n: '${ .n * 2 }' } } }])
  const { id } = await answerOf<{ id: string }>(['flows', 'run', 'kept', 'n:=2'])
  const folder = await mkdtemp(join(tmpdir(), 'interchange-kept-'))
  try {
    const file = join(folder, 'case.json')
    await writeFile(file, (await run(['runs', 'keep', id])).stdout)
    expect(await run(['flows', 'test', file])).toMatchObject({ code: 0, stdout: `✓ ${file}\n` })
    const document = join(folder, 'kept.yaml')
    await writeFile(document, "document: { dsl: '1.0.3', namespace: default, name: kept, version: '1.1.0' }\ndo:\n  - get: { set: { n: '${ .n }' } }\n  - double: { set: { n: '${ .n * 3 }' } }\n")
    const otherwise = await run(['flows', 'test', file, '--document', document])
    expect(otherwise).toMatchObject({ code: 1, stdout: expect.stringContaining('/do/1/double: output: expected {"n":4}, got {"n":6}') })
    expect(await run(['flows', 'test', document])).toMatchObject({ code: 2, stderr: expect.stringContaining('is no kept run') })
    expect(await run(['runs', 'retry', id, '--from', '/do/1/double', '--round', 'x'])).toMatchObject({ code: 2, stderr: expect.stringContaining('whole numbers from 0') })
    const again = await answerOf<{ id: string }>(['runs', 'retry', id, '--from', '/do/1/double', '--input', '{"n":5}'])
    expect((await run(['runs', 'show', again.id, '--follow'])).stdout.trim()).toMatch(/^\{\s*"n":\s*10\s*\}$/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
