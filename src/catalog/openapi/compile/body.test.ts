import { Readable } from 'node:stream'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import { isHubError, type FieldError } from '../../../errors.ts'
import { compiled, documentOf, requestFor } from '../test/operation.ts'
import type { Json } from '../types.ts'

function posting(content: Json, rest: Json = {}) {
  return compiled(documentOf({ '/things': { post: { operationId: 'post', requestBody: { required: true, content, ...rest }, responses: { 200: { description: 'ok' } } } } }), 'post')
}

function refusal(run: () => unknown): FieldError[] | unknown {
  try {
    return run()
  } catch (error) {
    return isHubError(error, 'invalid_input') ? error.errors : error
  }
}

describe('JSON', () => {
  test('a body goes as JSON under the type that the document names', () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'application/vnd.api+json', 'application/merge-patch+json']) {
      const request = requestFor(posting({ [type]: { schema: { type: 'object' } } }), { body: { a: 1 } })
      expect(request).toMatchObject({ json: { a: 1 }, headers: { 'content-type': type } })
    }
  })

  test('a wildcard becomes application/json', () => {
    expect(requestFor(posting({ 'application/*+json': { schema: { type: 'object' } } }), { body: {} })).toMatchObject({ headers: { 'content-type': 'application/json' } })
    expect(requestFor(posting({ '*/*': { schema: { type: 'object' } } }), { body: {} })).toMatchObject({ headers: { 'content-type': 'application/json' } })
  })

  test('without a body no content type is sent', () => {
    const operation = posting({ 'application/json': { schema: {} } }, { required: false })
    expect(requestFor(operation, {})).toEqual({ method: 'POST', url: 'https://api.example.com/v1/things', headers: { accept: '*/*' } })
  })

  test('false, null and 0 are bodies', () => {
    for (const body of [false, null, 0]) expect(requestFor(posting({ 'application/json': { schema: {} } }), { body })).toHaveProperty('json', body)
  })

  test('JSON lines are written one item a line', () => {
    const operation = posting({ 'application/x-ndjson': { itemSchema: { type: 'object' } } })
    expect(requestFor(operation, { body: [{ a: 1 }, { b: 2 }] }).body).toBe('{"a":1}\n{"b":2}\n')
  })
})

describe('forms', () => {
  /** The two examples of OpenAPI 3.2.0, "Encoding the x-www-form-urlencoded Media Type". */
  test('the specification\'s example with a JSON value comes out as printed there', () => {
    const operation = posting({ 'application/x-www-form-urlencoded': { schema: { type: 'object', properties: { id: { type: 'string', format: 'uuid' }, address: { type: 'object', properties: {} } } } } })
    const address = { streetAddress: '123 Example Dr.', city: 'Somewhere', state: 'CA', zip: '99999+1234' }
    expect(requestFor(operation, { body: { id: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', address } }).body).toBe(
      'id=f81d4fae-7dec-11d0-a765-00a0c91e6bf6&address=%7B%22streetAddress%22%3A%22123+Example+Dr.%22%2C%22city%22%3A%22Somewhere%22%2C%22state%22%3A%22CA%22%2C%22zip%22%3A%2299999%2B1234%22%7D')
  })

  test('a property whose encoding is JSON is quoted, as in the specification\'s example', () => {
    const operation = posting({ 'application/x-www-form-urlencoded': { schema: { type: 'object', properties: { id: { type: 'string' } } }, encoding: { id: { contentType: 'application/json' } } } })
    expect(requestFor(operation, { body: { id: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' } }).body).toBe('id=%22f81d4fae-7dec-11d0-a765-00a0c91e6bf6%22')
  })

  test('lists repeat the name, unless the encoding says otherwise', () => {
    const schema = { type: 'object', properties: { tags: { type: 'array', items: { type: 'string' } }, ids: { type: 'array', items: { type: 'integer' } } } }
    const operation = posting({ 'application/x-www-form-urlencoded': { schema, encoding: { ids: { style: 'form', explode: false } } } })
    expect(requestFor(operation, { body: { tags: ['a b', 'c'], ids: [1, 2] } }).body).toBe('tags=a+b&tags=c&ids=1,2')
  })

  test('deep objects are written in brackets, as Stripe wants them', () => {
    const operation = posting({ 'application/x-www-form-urlencoded': { schema: { type: 'object' }, encoding: { card: { style: 'deepObject', explode: true } } } })
    expect(requestFor(operation, { body: { card: { number: '4242', owner: { name: 'Ada' } } } }).body).toBe('card%5Bnumber%5D=4242&card%5Bowner%5D%5Bname%5D=Ada')
  })

  test('anything but an object is refused', () => {
    const operation = posting({ 'application/x-www-form-urlencoded': { schema: {} } })
    expect(refusal(() => requestFor(operation, { body: 'a=b' }))).toMatchObject([{ pointer: '/body' }])
  })
})

async function partsOf(request: ReturnType<typeof requestFor>) {
  const { headers, body } = request as unknown as { headers: Record<string, string>, body: Buffer }
  const email = await PostalMime.parse(Buffer.concat([Buffer.from(`content-type: ${headers['content-type']}\r\n\r\n`), body]), { attachmentEncoding: 'utf8', forceRfc822Attachments: true })
  return { raw: body.toString('latin1'), attachments: email.attachments }
}

describe('multipart', () => {
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'string' }, address: { type: 'object' }, tags: { type: 'array', items: { type: 'string' } },
      file: { type: 'string', contentMediaType: 'application/octet-stream' }, files: { type: 'array', items: { type: 'string', format: 'binary' } },
    },
    required: ['file'],
  }

  test('fields, JSON, lists and files each get their own parts', async () => {
    const request = requestFor(posting({ 'multipart/form-data': { schema } }), {
      body: { id: 'é', address: { city: 'X' }, tags: ['a', 'b'], file: { filename: 'a.png', contentType: 'image/png', data: Buffer.from([137, 80]).toString('base64') }, files: ['one', { filename: 'two', data: 'Mg==' }] },
    })
    const { raw } = await partsOf(request)
    const boundary = /boundary=(.+)$/.exec((request.headers as Record<string, string>)['content-type'] ?? '')?.[1] as string
    const parts = raw.split(`--${boundary}`).slice(1, -1).map(part => part.replace(/^\r\n|\r\n$/g, ''))
    expect(parts).toEqual([
      'content-disposition: form-data; name="id"\r\n\r\n\xc3\xa9',
      'content-disposition: form-data; name="address"\r\ncontent-type: application/json\r\n\r\n{"city":"X"}',
      'content-disposition: form-data; name="tags"\r\n\r\na',
      'content-disposition: form-data; name="tags"\r\n\r\nb',
      'content-disposition: form-data; name="file"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n\x89P',
      'content-disposition: form-data; name="files"; filename="files"\r\ncontent-type: application/octet-stream\r\n\r\none',
      'content-disposition: form-data; name="files"; filename="two"\r\ncontent-type: application/octet-stream\r\n\r\n2',
    ])
    expect(raw.endsWith(`--${boundary}--\r\n`)).toBe(true)
  })

  test('a standard form parser reads back what was written', async () => {
    const request = requestFor(posting({ 'multipart/form-data': { schema } }), { body: { id: 'x', file: { filename: 'ü"\r\n.txt', data: 'aGk=' } } })
    const form = await new Response(request.body as Buffer<ArrayBuffer>, { headers: request.headers as Record<string, string> }).formData()
    expect(form.get('id')).toBe('x')
    expect(await (form.get('file') as File).text()).toBe('hi')
  })

  test('an encoding\'s content type and fixed headers go with the part', async () => {
    const operation = posting({ 'multipart/form-data': { schema, encoding: { file: { contentType: 'image/png, image/jpeg', headers: { 'X-Kind': { schema: { type: 'string', enum: ['photo'] } } } } } } })
    const { raw } = await partsOf(requestFor(operation, { body: { file: 'x' } }))
    expect(raw).toContain('content-disposition: form-data; name="file"; filename="file"\r\ncontent-type: image/png\r\nX-Kind: photo\r\n\r\nx')
  })

  test('styles apply without percent-encoding', async () => {
    const operation = posting({ 'multipart/form-data': { schema: { type: 'object' }, encoding: { ids: { style: 'form', explode: false }, at: { style: 'deepObject', explode: true } } } })
    const { raw } = await partsOf(requestFor(operation, { body: { ids: ['a b', 'c'], at: { x: 1 } } }))
    expect(raw).toContain('name="ids"\r\n\r\na b,c\r\n')
    expect(raw).toContain('name="at[x]"\r\n\r\n1\r\n')
  })

  test('parts without names come from a list, each encoded by its position', async () => {
    const operation = posting({ 'multipart/mixed': { schema: { type: 'array' }, prefixEncoding: [{ contentType: 'application/json' }], itemEncoding: { contentType: 'text/csv' } } })
    const { raw } = await partsOf(requestFor(operation, { body: [{ a: 1 }, 'x,y'] }))
    expect(raw).toMatch(/content-type: application\/json\r\n\r\n\{"a":1\}\r\n--.+\r\ncontent-type: text\/csv\r\n\r\nx,y\r\n--/)
  })

  test('a file that is no base64 is refused rather than shortened', () => {
    expect(refusal(() => requestFor(posting({ 'multipart/form-data': { schema } }), { body: { file: { data: 'not*base64' } } }))).toMatchObject([{ pointer: '/body/file' }])
  })

  test('a content type cannot smuggle a header into a part', () => {
    expect(refusal(() => requestFor(posting({ 'multipart/form-data': { schema } }), { body: { file: { data: 'aGk=', contentType: 'a/b\r\nX-Evil: 1' } } }))).toMatchObject([{ pointer: '/body/file' }])
  })
})

describe('text and bytes', () => {
  test('XML is given as text', () => {
    const operation = posting({ 'application/xml': { schema: { type: 'object', properties: { a: { type: 'string' } } } } })
    expect(requestFor(operation, { body: '<a/>' })).toMatchObject({ body: '<a/>', headers: { 'content-type': 'application/xml' } })
    expect(refusal(() => requestFor(operation, { body: { a: 'x' } }))).toMatchObject([{ pointer: '/body' }])
  })

  test('bytes come as base64 in $base64, or as text', () => {
    const operation = posting({ 'application/octet-stream': {} })
    expect(requestFor(operation, { body: { $base64: 'AP8=' } }).body).toEqual(Buffer.from([0, 255]))
    expect(requestFor(operation, { body: 'plain' }).body).toBe('plain')
  })

  test('a reference to a blob fits the schema, and must have been replaced when it is sent', () => {
    const blob = { $blob: { id: 'b1' } }
    const [bytes, form] = [posting({ 'image/png': {} }), posting({ 'multipart/form-data': { schema: { type: 'object', properties: { f: { type: 'string', format: 'binary' } } } } })]
    expect(() => { bytes.validateInput({ body: blob }) }).not.toThrow()
    expect(() => { form.validateInput({ body: { f: blob } }) }).not.toThrow()
    expect(refusal(() => requestFor(bytes, { body: blob }))).toMatchObject([{ pointer: '/body' }])
    expect(refusal(() => requestFor(form, { body: { f: blob } }))).toMatchObject([{ pointer: '/body/f' }])
    expect(form.buildRequest({ input: { body: { f: { data: new Uint8Array([1]) } } }, credentials: {}, configuration: {} }).body).toBeInstanceOf(Buffer)
  })

  test('a stream of the hub\'s own passes as it is', () => {
    const stream = Readable.from(['x'])
    const operation = posting({ 'image/png': {} })
    expect(operation.buildRequest({ input: { body: stream }, credentials: {}, configuration: {} })).toMatchObject({ body: stream, headers: { 'content-type': 'image/png' } })
  })
})

describe('several content types', () => {
  const operation = posting({
    'application/xml': { schema: { type: 'object' } },
    'application/x-www-form-urlencoded': { schema: { type: 'object', properties: { a: { type: 'integer' } } } },
    'application/json': { schema: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false } },
    'image/*': {},
  })

  test('JSON is used unless contentType chooses', () => {
    expect(requestFor(operation, { body: { a: 'x' } }).headers).toMatchObject({ 'content-type': 'application/json' })
    expect(requestFor(operation, { body: { a: 1 }, contentType: 'application/x-www-form-urlencoded' }).body).toBe('a=1')
    expect(requestFor(operation, { body: '<a/>', contentType: 'application/xml' }).body).toBe('<a/>')
  })

  test('a wildcard takes any type that it covers', () => {
    expect(requestFor(operation, { body: { $base64: '' }, contentType: 'image/png' }).headers).toMatchObject({ 'content-type': 'image/png' })
  })

  test('the body is held to the schema of the type that is sent', () => {
    expect(refusal(() => requestFor(operation, { body: { a: 1 } }))).toMatchObject([{ pointer: '/body/a' }])
    expect(refusal(() => requestFor(operation, { body: { a: 'x' }, contentType: 'application/x-www-form-urlencoded' }))).toMatchObject([{ pointer: '/body/a' }])
  })

  test('another type is refused', () => {
    expect(refusal(() => requestFor(operation, { body: 'x', contentType: 'text/csv' }))).toMatchObject([{ pointer: '/contentType' }])
    expect(refusal(() => requestFor(operation, { body: 'x', contentType: 'image/png\r\nx: y' }))).toMatchObject([{ pointer: '/contentType' }])
  })
})
