import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { json } from '../../../test/upstream.ts'
import type { Execution } from '../../client/types.ts'
import { useScene } from '../shop.fixture.ts'

const scene = useScene()
const { run, answerOf, connected } = scene

describe('run', () => {
  test('values become the input: text, JSON, objects by dots', async () => {
    const { name } = await connected()
    expect(await run(['run', name, 'getBook', 'id:=7'])).toMatchObject({ code: 0, stdout: `${JSON.stringify({ asked: 'GET /books/7', key: '[secret]', body: null }, null, 2)}\n` })
    await run(['run', name, 'addBook', 'body.title=Solaris', '--set', 'body.price:=9.9'])
    expect(scene.shop.asked.at(-1)?.body).toBe('{"title":"Solaris","price":9.9}')
  })

  test('the whole input comes from an option, a file or standard input, and values are added to it', async () => {
    const { name } = await connected()
    const file = join(scene.folder, 'input.json')
    await writeFile(file, '{"body":{"title":"a"}}')
    await run(['run', name, 'addBook', '--file', file, 'body.price:=1'])
    await run(['run', name, 'addBook', '--input', '{"body":{"title":"b"}}'])
    await run(['run', name, 'addBook', '--file', '-'], { stdin: '{"body":{"title":"c"}}' })
    expect(scene.shop.asked.map(({ body }) => body)).toEqual(['{"title":"a","price":1}', '{"title":"b"}', '{"title":"c"}'])
  })

  test('with --json the execution comes along, with --timing how long it took', async () => {
    const { name, id } = await connected()
    expect(await answerOf(['run', name, 'getBook', 'id:=1'])).toMatchObject({ success: true, data: { asked: 'GET /books/1' }, execution: { integrationId: id, status: 'succeeded' } })
    expect((await run(['run', name, 'getBook', 'id:=1', '--timing'])).stderr).toMatch(/^\d+ ms, execution [0-9a-f-]{36}\n$/)
  })

  test('an answer goes to a file: a download as it is, JSON as JSON', async () => {
    const { name } = await connected()
    const target = join(scene.folder, 'out')
    expect(await run(['run', name, 'download', '-o', target])).toMatchObject({ code: 0, stdout: '' })
    expect(await readFile(target, 'utf8')).toBe('%PDF a file')
    await run(['run', name, 'getBook', 'id:=2', '-o', target])
    expect(JSON.parse(await readFile(target, 'utf8'))).toMatchObject({ asked: 'GET /books/2' })
  })

  test("a service's refusal is told with its status, its words and the execution", async () => {
    const { name } = await connected()
    scene.shop.answer((_request, response) => { json(response, 409, { message: 'sold out' }) })
    const { code, stdout, stderr } = await run(['run', name, 'getBook', 'id:=1'])
    expect({ code, stdout, stderr }).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^upstream_rejected: .*sold out[^]*the service answered: 409 \{"message":"sold out"\}\n {2}execution: [0-9a-f-]{36}\n$/) })
  })

  test('a value that does not fit is named by its pointer, with where to look', async () => {
    const { name } = await connected()
    expect(await run(['run', name, 'getBook', 'id=seven'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^invalid_input: [^]*\n {2}\/(input\/)?id: [^]*\n {2}What it takes: interchange catalog operation book-shop getBook\n$/) })
    expect(await run(['run', name, 'sellBook'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^operation_not_found: [^]*interchange catalog operations book-shop\n$/) })
    expect(await run(['run', name])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^invalid_input: .*3 operations[^]*interchange catalog operations book-shop\n$/) })
    expect(scene.shop.asked).toEqual([])
  })

  test('for programs a failure is the problem as JSON on standard error', async () => {
    const { name } = await connected()
    const { code, stdout, stderr } = await run(['run', name, 'getBook', 'id=seven', '--json'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({ code: 'invalid_input', status: 422, errors: [{ pointer: expect.stringMatching(/id$/) }] })
  })
})

describe('executions', () => {
  test('are listed with filters, shown whole and run again', async () => {
    const { name, id } = await connected()
    await run(['run', name, 'getBook', 'id:=1'])
    scene.shop.answer((_request, response) => { json(response, 400, { message: 'bad book' }) })
    await run(['run', name, 'getBook', 'id:=2'])
    const table = await run(['executions', '--integration', name, '--status', 'failed'])
    expect(table.stdout).toMatch(/^ID +WHEN +STATUS +INTEGRATION +OPERATION +MS +ANSWER\n[0-9a-f-]{36} +\d+ seconds? ago +failed +Shop \d+ +getBook +\d+ +.*bad book.*\n$/)
    const { data: [failed] } = await answerOf<{ data: [Execution] }>(['executions', 'list', '--integration', id, '--operation', 'getBook', '--status', 'failed', '--from', '2020-01-01'])
    expect(await answerOf(['executions', 'show', failed.id])).toMatchObject({ id: failed.id, request: { method: 'GET', endpoint: `${scene.shop.url}/books/2` } })
    expect(await answerOf(['executions', '--integration', id, '--to', '2020-01-01'])).toMatchObject({ data: [] })
    scene.shop.answer((request, response) => { json(response, 200, { asked: request.url }) })
    expect(JSON.parse((await run(['executions', 'rerun', failed.id])).stdout)).toEqual({ asked: '/books/2' })
    expect(await answerOf(['executions', 'rerun', failed.id, '--input', '{"id":9}'])).toMatchObject({ data: { asked: '/books/9' } })
  })
})
