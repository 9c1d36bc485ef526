import { describe, expect, test } from 'vitest'
import { hubErrorOf } from '../../../lib/http/test-client.ts'
import { readImportBody } from './import-body.ts'

const read = (text: string): ReturnType<typeof readImportBody> => readImportBody(Buffer.from(text), 'application/json')

describe('the body of an import', () => {
  test.each(['{"openapi":"3.1.0","info":{}}', '\n{ "swagger" : "2.0" }', '{"info":{"title":"url"},"url":"x"}', 'openapi: 3.1.0', 'url: https://example.com', '[]'])('%j is a document as it is', async (text) => {
    expect(await read(text)).toEqual({ source: { bytes: Buffer.from(text), contentType: 'application/json' } })
  })

  test.each(['', '{}', ' { } ', '\n'])('%j is empty', async (text) => {
    expect(await read(text)).toBeUndefined()
  })

  test('a wrapped address comes with its headers', async () => {
    expect(await read('{"url":"https://example.com/a.json","headers":{"X-Key":"k"},"id":"a","name":" A "}'))
      .toEqual({ id: 'a', name: 'A', source: { url: 'https://example.com/a.json', headers: { 'X-Key': 'k' } } })
  })

  test.each([
    ['{"document":{"openapi":"3.1.0","a":[1,{"b":"}"}],"c":"\\"}{"},"id":"x"}', '{"openapi":"3.1.0","a":[1,{"b":"}"}],"c":"\\"}{"}'],
    ['{ "name" : "document" , "document" : { "document" : {} } }', '{ "document" : {} }'],
    ['{"id":"\\\\","document":{"a":"\\\\\\\\"}}', '{"a":"\\\\\\\\"}'],
  ])('a wrapped document is handed on as the bytes that it came in', async (text, expected) => {
    const body = await read(text)
    expect((body!.source as { bytes: Buffer }).bytes.toString().trim()).toBe(expected)
  })

  test.each(['openapi: 3.1.0\ninfo: {"a": "\\"}', `${'x'.repeat(300_000)} \\" ${'"\u{1f600}\\ '.repeat(200_000)}`, '\u{1f600}"'.repeat(200_000)])('a document wrapped as text is the text', async (text) => {
    for (const json of [JSON.stringify(text), JSON.stringify(text).replaceAll('\u{1f600}', String.raw`\ud83d\ude00`)]) {
      const body = await read(`{"document": ${json} }`)
      expect((body!.source as { bytes: Buffer }).bytes.toString() === text).toBe(true)
    }
  })

  test.each([
    ['{"document":{},"document":{}}', '/document'], ['{"document":[]}', '/document'], ['{"document":5}', '/document'], ['{"document":null}', '/document'],
    ['{"url":"ftp://example.com"}', '/url'], ['{"url":"https://example.com","document":{}}', ''], ['{"id":"x"}', ''], ['{"name":"","url":"https://example.com"}', '/name'],
    ['{"url":"https://example.com","header":{}}', '/header'], ['{"url":"https://example.com","headers":{"a b":"c"}}', '/headers/a b'], ['{"url":"https://example.com","headers":{"a":"c\\r\\nx: y"}}', '/headers/a'],
    ['{"document":{},"headers":{"a":"b"}}', '/headers'],
  ])('%s is refused with a pointer', async (text, pointer) => {
    const error = await hubErrorOf(read(text))
    expect(error.code).toBe('invalid_input')
    expect(error.errors?.map((each) => each.pointer)).toContain(pointer)
  })

  test.each(['{"document":{"a":1}', '{"document":{"a":1}} x', '{"url":"https://example.com"', '{"id":"x",}', '{"document":"abc', '{"document":"\\x"}', '{"document":"a\nb"}', '{"id":"a" "document":{}}'])('%s is no JSON', async (text) => {
    expect(await hubErrorOf(read(text))).toMatchObject({ status: 400, code: 'malformed_json' })
  })

  test('a document of many megabytes lets other work go on', async () => {
    const document = `{"openapi":"3.1.0","x":"${'y'.repeat(100)}","list":[${'{"a":"b"},'.repeat(600_000)}0]}`
    let turns = 0
    const timer = setInterval(() => { turns += 1 }, 0)
    const body = await read(`{"id":"big","document":${document}}`)
    clearInterval(timer)
    expect((body!.source as { bytes: Buffer }).bytes.length).toBe(document.length)
    expect(turns).toBeGreaterThan(2)
  })
})
