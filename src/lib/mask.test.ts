import { expect, test } from 'vitest'
import { createMask, joinMasks, MASKED } from './mask.ts'

const secret = 'p@ss/w0rd+"ü\\ of {a} (b)'
const mask = createMask([secret])

const forms: [name: string, text: string][] = [
  ['raw', secret],
  ['as JSON', JSON.stringify({ key: secret })],
  ['as JSON within JSON', JSON.stringify({ text: JSON.stringify({ key: secret }) })],
  ['percent-encoded', `?key=${encodeURIComponent(secret)}`],
  ['form-encoded', new URLSearchParams({ key: secret }).toString()],
  ['hexadecimal', Buffer.from(secret).toString('hex')],
  ['base64', Buffer.from(secret).toString('base64')],
  ['base64url', Buffer.from(secret).toString('base64url')],
  ['base64 behind one byte', Buffer.from(`u${secret}`).toString('base64')],
  ['base64 behind two bytes', Buffer.from(`u:${secret}`).toString('base64')],
  ['base64 in the midst', Buffer.from(`user:${secret}:more`).toString('base64')],
]

test.each(forms)('a secret is masked: %s', (_name, text) => {
  const masked = mask.mask(`before ${text} after`)
  expect(masked).toContain(MASKED)
  expect(masked).toMatch(/^before .* after$/s)
  expect(masked).not.toContain(secret)
})

test('a text without the secret stays as it is, and short values are no secrets', () => {
  expect(createMask(['abcde', 'a-secret']).mask('abcde fghij')).toBe('abcde fghij')
})

test('a secret within another is masked with it, whatever their order', () => {
  expect(createMask(['secret1', 'secret1-and-more']).mask('x secret1-and-more y secret1')).toBe(`x ${MASKED} y ${MASKED}`)
})

test('masks may be joined', () => {
  expect(joinMasks([createMask(['first-secret']), createMask(['second-secret'])]).mask('first-secret second-secret')).toBe(`${MASKED} ${MASKED}`)
})
