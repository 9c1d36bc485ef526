import { describe, expect, test } from 'vitest'
import { isHubError, type FieldError, type HubError } from '../errors.ts'
import { onceOf, readCloudEvents, readPostedEvents, structuredJson, type HttpHeaders } from './cloudevent.ts'

const structured = { 'content-type': 'application/cloudevents+json; charset=UTF-8' }
const batched = { 'content-type': 'application/cloudevents-batch+json' }
const minimal = { specversion: '1.0', id: '1', source: '/s', type: 't' }
const context = { specversion: '1.0', type: 'com.example.someevent', source: '/mycontext', time: '2018-04-05T17:31:00Z', comexampleextension1: 'value', comexampleothervalue: 5 }

function read(body: unknown, headers: HttpHeaders = structured) {
  return readCloudEvents(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), headers)
}

function refusal(work: () => unknown): { code: string, errors: FieldError[] } {
  try {
    work()
  } catch (error) {
    if (isHubError(error)) return { code: (error as HubError).code, errors: (error as HubError).errors ?? [] }
    throw error
  }
  throw new Error('It was taken.')
}

function faults(event: object): FieldError[] {
  const { code, errors } = refusal(() => read(event))
  expect(code).toBe('invalid_request')
  return errors
}

// The examples of https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#32-examples
describe("the specification's examples, structured and binary", () => {
  const binaryHeaders = (id: string, contentType: string): HttpHeaders => ({
    'ce-specversion': '1.0', 'ce-type': 'com.example.someevent', 'ce-source': '/mycontext', 'ce-id': id, 'ce-time': '2018-04-05T17:31:00Z',
    'ce-comexampleextension1': 'value', 'ce-comexampleothervalue': '5', 'content-type': contentType,
  })
  // A header does not say that it is a number.
  const asHeaders = { ...context, comexampleothervalue: '5' }

  test('binary data', () => {
    const event = { ...context, id: 'A234-1234-1234', datacontenttype: 'application/vnd.apache.thrift.binary', data_base64: 'AAH/' }
    expect(read(event)).toEqual([{ event, json: JSON.stringify(event) }])
    const [found] = readCloudEvents(Buffer.from([0, 1, 255]), binaryHeaders('A234-1234-1234', 'application/vnd.apache.thrift.binary'))!
    expect(found!.event).toEqual({ ...event, ...asHeaders })
    expect(JSON.parse(found!.json)).toEqual(found!.event)
  })

  test('XML as text, and an extension that is null', () => {
    const event = { ...context, id: 'B234-1234-1234', datacontenttype: 'application/xml', data: '<much wow="xml"/>' }
    expect(read({ ...event, unsetextension: null })![0]!.event).toEqual(event)
    expect(read('<much wow="xml"/>', binaryHeaders('B234-1234-1234', 'application/xml'))![0]!.event).toEqual({ ...event, ...asHeaders })
  })

  test('a JSON object, and a subject that is null', () => {
    const event = { ...context, id: 'C234-1234-1234', datacontenttype: 'application/json', data: { appinfoA: 'abc', appinfoB: 123, appinfoC: true } }
    expect(read({ ...event, subject: null })![0]!.event).toEqual(event)
    expect(read(event.data, binaryHeaders('C234-1234-1234', 'application/json'))![0]!.event).toEqual({ ...event, ...asHeaders })
  })

  test('a JSON string without a content type stays a string', () => {
    const event = { ...context, id: 'D234-1234-1234', data: "I'm just a string" }
    expect(read({ ...event, subject: null })![0]!.event).toEqual(event)
    expect(read('"I\'m just a string"', binaryHeaders('D234-1234-1234', 'application/json'))![0]!.event).toMatchObject({ data: "I'm just a string", datacontenttype: 'application/json' })
  })

  test('a batch of two, and an empty one', () => {
    const batch = [
      { ...context, source: '/mycontext/4', id: 'B234-1234-1234', datacontenttype: 'application/vnd.apache.thrift.binary', data_base64: 'AAH/' },
      { ...context, type: 'com.example.someotherevent', source: '/mycontext/9', id: 'C234-1234-1234', datacontenttype: 'application/json', data: { appinfoA: 'abc' } },
    ]
    expect(read(batch, batched)!.map(({ event }) => event)).toEqual(batch)
    expect(read([], batched)).toEqual([])
  })

  test('header values are percent-decoded once, quoted ones of older senders too, and bad UTF-8 is refused', () => {
    const subject = (value: string) => () => read('', { ...binaryHeaders('1', 'text/plain'), 'ce-subject': value })![0]!.event.subject
    expect(subject('Euro%20%E2%82%AC%20%F0%9F%98%80')()).toBe('Euro € 😀')
    expect(subject('"a \\"quoted\\" text"')()).toBe('a "quoted" text')
    expect(subject('100%')()).toBe('100%')
    expect(subject('%2525')()).toBe('%25')
    expect(subject(Buffer.from('Zürich').toString('latin1'))()).toBe('Zürich')
    expect(refusal(subject('%C0%A0'))).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/subject' }] })
  })
})

describe('the text of an event', () => {
  test('is what the sender wrote, digits and all', () => {
    const text = '{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"n":12345678901234567890,"x":1.10}}'
    expect(read(`\ufeff ${text}\n`)![0]!.json).toBe(text)
    expect(read(`[${text} , ${text}]`, batched)!.map(({ json }) => json)).toEqual([text, text])
  })

  test('of a binary one has the body within', () => {
    const [found] = read(' {"n":12345678901234567890} ', { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't', 'content-type': 'application/json' })!
    expect(found!.json).toBe('{"specversion":"1.0","id":"1","source":"/s","type":"t","datacontenttype":"application/json","data":{"n":12345678901234567890}}')
  })

  test('can be put together from an envelope and data', () => {
    expect(structuredJson({ specversion: '1.0', id: '1', source: '/s', type: 't' }, '[1.0]')).toBe('{"specversion":"1.0","id":"1","source":"/s","type":"t","data":[1.0]}')
    expect(structuredJson({ specversion: '1.0', id: '1', source: '/s', type: 't' }, undefined)).toBe('{"specversion":"1.0","id":"1","source":"/s","type":"t"}')
  })
})

describe('what is no CloudEvent is refused with where', () => {
  test.each<[string, object, string]>([
    ['another version', { specversion: '0.3' }, '/specversion'],
    ['a version that is a number', { specversion: 1 }, '/specversion'],
    ['no id', { id: undefined }, '/id'],
    ['an empty id', { id: '' }, '/id'],
    ['an id that is a number', { id: 7 }, '/id'],
    ['no source', { source: null }, '/source'],
    ['a source with spaces', { source: 'my source' }, '/source'],
    ['a source with half an escape', { source: '/a%2' }, '/source'],
    ["the hub's own source", { source: 'interchange' }, '/source'],
    ['no type', { type: undefined }, '/type'],
    ['a type with a NUL', { type: 'a\0b' }, '/type'],
    ['a type with half a surrogate pair', { type: 'a\ud800' }, '/type'],
    ['a type beyond bounds', { type: 'a'.repeat(301) }, '/type'],
    ['an empty subject', { subject: '' }, '/subject'],
    ['a subject with a noncharacter', { subject: 'a\uffff' }, '/subject'],
    ['a time in words', { time: 'yesterday' }, '/time'],
    ['a time without its zone', { time: '2018-04-05T17:31:00' }, '/time'],
    ['the 30th of February', { time: '2018-02-30T00:00:00Z' }, '/time'],
    ['the year 0', { time: '0000-01-01T00:00:00Z' }, '/time'],
    ['a content type that is none', { datacontenttype: 'json' }, '/datacontenttype'],
    ['a relative schema', { dataschema: '/schemas/1' }, '/dataschema'],
    ['an extension in upper case', { myExtension: 'x' }, '/myExtension'],
    ['an extension with a slash', { 'a/b': 'x' }, '/a~1b'],
    ['an extension that is an object', { traceparent: {} }, '/traceparent'],
    ['an extension that is a list', { tags: ['a'] }, '/tags'],
    ['an extension that is a fraction', { weight: 1.5 }, '/weight'],
    ['data in two forms', { data: 1, data_base64: 'AAAA' }, '/data_base64'],
    ['bytes that are no base64', { data_base64: 'a?==' }, '/data_base64'],
  ])('%s', (_name, change, pointer) => {
    expect(faults({ ...minimal, ...change }).map((fault) => fault.pointer)).toEqual([pointer])
  })

  test('all faults are told at once, and of a batch which event has them', () => {
    expect(faults({}).map(({ pointer }) => pointer)).toEqual(['/specversion', '/id', '/source', '/type'])
    expect(refusal(() => read([minimal, 7, { ...minimal, id: 3 }], batched)).errors.map(({ pointer }) => pointer)).toEqual(['/1', '/2/id'])
  })

  test('binary ones name the header', () => {
    expect(refusal(() => read('', { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s' })).errors).toEqual([{ pointer: '/type', detail: 'is needed (header ce-type)' }])
    expect(refusal(() => read('', { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't', 'ce-datacontenttype': 'a/b' })).errors).toMatchObject([{ pointer: '/datacontenttype' }])
    expect(refusal(() => read('{', { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't', 'content-type': 'application/json' }))).toMatchObject({ code: 'malformed_json', errors: [{ pointer: '/data' }] })
  })

  test('JSON beyond the limits', () => {
    expect(refusal(() => read('{"id":'))).toMatchObject({ code: 'malformed_json' })
    expect(refusal(() => read('{"specversion":"1.0","id":"1","id":"2","source":"/s","type":"t"}')).code).toBe('invalid_request')
    expect(refusal(() => read('{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"__proto__":1}}')).code).toBe('invalid_request')
    expect(refusal(() => read(`{"specversion":"1.0","id":"1","source":"/s","type":"t","data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)).code).toBe('invalid_request')
  })

  test('an event format that is not JSON', () => {
    expect(refusal(() => read('', { 'content-type': 'application/cloudevents+avro' })).code).toBe('unsupported_media_type')
  })
})

describe('what is one, though it looks odd', () => {
  test.each<[string, object]>([
    ['a URN as source', { source: 'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66' }],
    ['a mail address as source', { source: 'mailto:cncf-wg-serverless@lists.cncf.io' }],
    ['a telephone number as source', { source: '1-555-123-4567' }],
    ['a leap second', { time: '2016-12-31T23:59:60Z' }],
    ['nanoseconds and an offset', { time: '2018-02-28T23:59:59.123456789+05:30' }],
    ['data that is null', { data: null }],
    ['an extension that is a boolean', { sampled: true }],
    ['a content type with parameters', { datacontenttype: 'multipart/form-data; boundary="a b"' }],
    ['an astral character in its subject', { subject: '😀' }],
  ])('%s', (_name, change) => {
    expect(read({ ...minimal, ...change })![0]!.event).toEqual({ ...minimal, ...change })
  })
})

test('a request without CloudEvents has none; where they are meant, JSON is taken for them', () => {
  const json = { 'content-type': 'application/json' }
  expect(read(minimal, json)).toBeUndefined()
  const posted = (body: unknown, headers: HttpHeaders) => readPostedEvents(Buffer.from(JSON.stringify(body)), headers).map(({ event }) => event)
  expect(posted(minimal, json)).toEqual([minimal])
  expect(posted([minimal, minimal], json)).toEqual([minimal, minimal])
  expect(posted(minimal, {})).toEqual([minimal])
  expect(refusal(() => posted(minimal, { 'content-type': 'text/plain' })).code).toBe('unsupported_media_type')
})

test('a binary one without a content type has its data as JSON, text or bytes, whatever can be told', () => {
  const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' }
  expect(read('{"a":1}', headers)![0]!.event).toEqual({ ...minimal, data: { a: 1 } })
  expect(read('plain', headers)![0]!.event).toEqual({ ...minimal, data_base64: 'cGxhaW4=' })
  expect(read('plain', { ...headers, 'content-type': 'text/plain' })![0]!.event).toMatchObject({ data: 'plain' })
  expect(readCloudEvents(Buffer.from([0xfc]), { ...headers, 'content-type': 'text/plain; charset=iso-8859-1' })![0]!.event).toMatchObject({ data_base64: '/A==' })
  expect(read('', headers)![0]!.event).toEqual(minimal)
})

test('an event is known again by source and id, however long they are', () => {
  expect(onceOf({ source: '/s', id: '1' })).toEqual({ scope: 'cloudevent', key: '["/s","1"]', windowSeconds: 86_400 })
  const long = onceOf({ source: `/${'s'.repeat(900)}`, id: '1' }).key
  expect(long).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(onceOf({ source: `/${'s'.repeat(900)}`, id: '2' }).key).not.toBe(long)
})
