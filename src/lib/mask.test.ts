import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createMask, MASKED, noMask } from './mask.ts'

const secret = 'p@ss/w0rd+"ü\\ of {a} (b) <c>&\'~'
const percent = encodeURIComponent(secret)

const forms: [name: string, text: string][] = [
  ['raw', secret],
  ['in JSON', JSON.stringify({ key: secret })],
  ['in JSON within JSON', JSON.stringify({ text: JSON.stringify({ key: secret }) })],
  ['in JSON of ASCII only', JSON.stringify({ key: secret }).replaceAll('ü', '\\u00fc')],
  ['in JSON with escaped slashes', JSON.stringify({ key: secret }).replaceAll('/', '\\/')],
  ['in JSON that is safe in HTML', JSON.stringify({ key: secret }).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')],
  ['in XML', `<key>${secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</key>`],
  ['percent-encoded', `?key=${percent}`],
  ['percent-encoded in lower case', `?key=${percent.replace(/%../g, (escape) => escape.toLowerCase())}`],
  ['percent-encoded by RFC 3986', `?key=${percent.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`.toUpperCase())}`],
  ['encoded as a form', new URLSearchParams({ key: secret }).toString()],
  ['in the query of a URL', Object.assign(new URL('https://example.com/'), { search: secret.replace('&', '%26') }).href.replace('%26', '&')],
  ['in the user part of a URL', Object.assign(new URL('https://example.com/'), { username: 'me', password: secret }).href],
  ['in hex', Buffer.from(secret).toString('hex')],
  ['in upper-case hex', Buffer.from(secret).toString('hex').toUpperCase()],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['in base64url', Buffer.from(secret).toString('base64url')],
  ['in base64 behind one byte', Buffer.from(`u${secret}`).toString('base64')],
  ['in base64 behind two bytes', Buffer.from(`u:${secret}`).toString('base64')],
  ['in base64 behind three bytes', Buffer.from(`me:${secret}`).toString('base64')],
  ['in base64 between other things', Buffer.from(`user:${secret}:more`).toString('base64')],
  ['in base64 in a URL', encodeURIComponent(Buffer.from(`user:${secret}`).toString('base64'))],
]

test.each(forms)('a secret is masked: %s', (_name, text) => {
  const masked = createMask([secret]).mask(`before ${text} after`)
  expect(masked).toContain(MASKED)
  expect(masked).toMatch(/^before .* after$/s)
  // What base64 leaves at the edges are parts of a character.
  expect(masked.length).toBeLessThan(`before ${text} after`.length - Buffer.byteLength(secret) / 2)
})

test('of random secrets nothing is left in any form, at any place within a base64 text', () => {
  for (let round = 0; round < 300; round += 1) {
    const random = randomBytes(6 + round % 40).toString('latin1').replaceAll(/\s/g, 'x').trim()
    const before = 'x'.repeat(round % 7)
    const { mask } = createMask([random])
    const texts = [random, JSON.stringify(random), encodeURIComponent(random), `${new URLSearchParams({ random })}`, Buffer.from(random).toString('hex')]
    for (const text of texts) expect(mask(`${before}${text}y`)).toContain(MASKED)
    const encoded = Buffer.from(`${before}${random}yy`)
    for (const text of [encoded.toString('base64'), encoded.toString('base64url')]) expect(mask(text)).toContain(MASKED)
  }
})

test('a text without a secret is the same, and what has fewer than six characters is none', () => {
  const text = JSON.stringify({ orders: Array.from({ length: 50 }, (_, id) => ({ id, note: 'abcde' })) })
  expect(createMask(['abcde', 'a-secret', 'a-much-longer-secret-than-others']).mask(text)).toBe(text)
  expect(createMask(['abcde'])).toBe(noMask)
  expect(createMask(['abcdef']).mask('abcdef')).toBe(MASKED)
})

test('a secret is taken literally, whatever it means to regular expressions and replacements', () => {
  const { mask } = createMask(['.*.*.*', '(a+)+$x', '$&$1$`'])
  expect(mask('harmless')).toBe('harmless')
  expect(mask('<.*.*.*><(a+)+$x><$&$1$`>')).toBe(`<${MASKED}><${MASKED}><${MASKED}>`)
})

test('the longest secret wins, and of overlapping ones no part is left', () => {
  expect(createMask(['secret1', 'secret1-and-more']).mask('x secret1-and-more y secret1')).toBe(`x ${MASKED} y ${MASKED}`)
  expect(createMask(['abcdefgh', 'efghijkl', 'ijklmnopqrstuvwxyz']).mask('<abcdefghijklmnopqrstuvwxyz>')).toBe(`<${MASKED}>`)
  expect(createMask(['abcabc']).mask('abcabcabc|abcabc')).toBe(`${MASKED}|${MASKED}`)
})

test('masking twice changes nothing more, even where the secret is a part of the mask', () => {
  for (const each of ['secret', 'secret]', '[secret]', 'a-secret']) {
    const { mask } = createMask([each])
    const once = mask(`my ${each} is ${each}`)
    expect(once).toBe(`my ${MASKED} is ${MASKED}`)
    expect(mask(once)).toBe(once)
  }
})

test('a secret that was given with blanks around it is masked without them too', () => {
  expect(createMask([' trimmed-token\n']).mask('Bearer trimmed-token')).toBe(`Bearer ${MASKED}`)
})

test('masked JSON is JSON, also where the secret was a number or reached over quotes', () => {
  const { maskJson } = createMask(['123456', '"},{"a"', 'nabcde', 'hidden-key'])
  expect(JSON.parse(maskJson('{"id":123456,"price":1123456.5,"text":"no 123456","list":[123456,1]}'))).toEqual({ id: MASKED, price: `1${MASKED}.5`, text: `no ${MASKED}`, list: [MASKED, 1] })
  expect(JSON.parse(maskJson('[{"a":"b"},{"a":"c \\"},{\\"a\\""}]'))).toEqual([{ a: 'b' }, { a: `c ${MASKED}` }])
  // An escape and the letters after it are no secret.
  expect(maskJson('{"a":"\\nabcde"}')).toBe('{"a":"\\nabcde"}')
  expect(JSON.parse(maskJson('{"hidden-key":1,"__proto__":{"n":123456},"z":2}'))).toEqual(JSON.parse(`{"${MASKED}":1,"__proto__":{"n":"${MASKED}"},"z":2}`))
  expect(maskJson('no JSON, 123456')).toBe(JSON.stringify(`no JSON, ${MASKED}`))
})

test('JSON that is nested very deep comes out masked and does not end the process', () => {
  const depth = 50_000
  const deep = `${'['.repeat(depth)}"deep-secret",123456${']'.repeat(depth)}`
  const masked = createMask(['deep-secret', '123456']).maskJson(deep)
  expect(masked).not.toContain('deep-secret')
  expect(masked).not.toContain('123456')
  expect(() => JSON.parse(masked) as unknown).not.toThrow()
})

test('a value is masked with its keys; one without secrets is handed back as it is', () => {
  const { maskValue } = createMask(['my-token', '987654'])
  const plain = { a: [1, 'two', null, true], b: { c: undefined } }
  expect(maskValue(plain)).toBe(plain)
  expect(maskValue(undefined)).toBe(undefined)
  expect(maskValue({ 'x-my-token': ['Bearer my-token', 987654, false, null] })).toEqual({ [`x-${MASKED}`]: [`Bearer ${MASKED}`, MASKED, false, null] })
  expect(maskValue(987654 as unknown)).toBe(MASKED)
})

test('secrets and texts made to be expensive take no longer than their length', () => {
  const text = 'a'.repeat(400_000)
  // Comparing every place to its end would be 1.6 thousand million steps a needle.
  for (const each of [`${'a'.repeat(4000)}b`, `${'ab'.repeat(2000)}c`, `${'a'.repeat(3999)}ba`]) expect(createMask([each]).mask(text)).toBe(text)
  expect(createMask(['a'.repeat(4000), 'a'.repeat(4001)]).mask(`b${text}b`)).toBe(`b${MASKED}b`)
  const found = `${'a'.repeat(4000)}b`
  expect(createMask([found]).mask(`${text}b and ${found}`)).toBe(`${'a'.repeat(396_000)}${MASKED} and ${MASKED}`)
  expect(createMask(['aaaaaa']).mask(text)).toBe(MASKED)
})
