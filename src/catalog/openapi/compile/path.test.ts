import { expect, test } from 'vitest'
import { isHubError } from '../../../errors.ts'
import type { ResolvedParameter } from '../types.ts'
import { compilePath, pathValueOf } from './path.ts'

function written(template: string, values: Record<string, unknown>, options: Partial<ResolvedParameter> = {}) {
  const parameters = Object.keys(values).map(name => pathValueOf({ name, in: 'path', required: true, style: 'simple', explode: false, schema: true, ...options }, name))
  const { path, query } = compilePath(template, parameters)(key => values[key])
  return query === '' ? path : `${path}?${query}`
}

function refusal(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return isHubError(error, 'invalid_input') ? error.errors : error
  }
}

test('a value stays within its segment, whatever it holds', () => {
  const tricks = ['a/b', '../etc', '..\\etc', '%2e%2e', '%2e%2e%2f', 'a?b=c', 'a#b', 'a;b', '//evil.example', '@evil.example', 'x\r\ny', '．．', '\u2024\u2024', '.%2e']
  for (const trick of tricks) {
    const url = new URL(`https://api.example.com/v1${written('/files/{name}/content', { name: trick })}`)
    expect(url.host, trick).toBe('api.example.com')
    expect(url.search + url.hash, trick).toBe('')
    expect(url.pathname.split('/').length, trick).toBe(5)
    expect(url.pathname, trick).toMatch(/^\/v1\/files\/[^/]+\/content$/)
  }
})

test('a segment that would come out as nothing, . or .. is refused with its pointer', () => {
  for (const value of ['', '.', '..', [], {}]) {
    expect(refusal(() => written('/users/{id}', { id: value })), JSON.stringify(value)).toMatchObject([{ pointer: '/id' }])
  }
  expect(refusal(() => written('/a/{x}{y}', { x: '.', y: '.' }))).toMatchObject([{ pointer: '/x' }])
  expect(refusal(() => written('/a/.{x}', { x: '.' }))).toMatchObject([{ pointer: '/x' }])
  expect(refusal(() => written('/a/{x}', { x: '.' }, { style: 'label' }))).toMatchObject([{ pointer: '/x' }])
})

test('dots are fine where they are part of a name', () => {
  expect(written('/a/{x}', { x: '...' })).toBe('/a/...')
  expect(written('/a/{x}.json', { x: '.' })).toBe('/a/..json')
})

test('several values may share a segment', () => {
  expect(written('/repos/{owner}/{base}...{head}', { owner: 'o', base: 'main', head: 'a/b' })).toBe('/repos/o/main...a%2Fb')
})

test('a resource name of Google\'s keeps its slashes, but cannot climb', () => {
  const multi = { multiSegment: true }
  expect(written('/v1/{name}:publish', { name: 'projects/p 1/topics/t' }, multi)).toBe('/v1/projects/p%201/topics/t:publish')
  for (const name of ['projects/../x', 'projects//x', '/x', 'a/./b']) {
    expect(refusal(() => written('/v1/{name}', { name }, multi)), name).toMatchObject([{ pointer: '/name' }])
  }
})

test('a fragment in a template is not sent, and a query in it is', () => {
  expect(written('/#Action=DescribeKeyPairs', {})).toBe('/')
  expect(written('/uploads?convert={convert}', { convert: 'a&b' })).toBe('/uploads?convert=a%26b')
})

test('text of the template that no URL may hold is encoded', () => {
  expect(written('/Your API Path/é/{id}', { id: 1 })).toBe('/Your%20API%20Path/%C3%A9/1')
})
