import { describe, expect, test } from 'vitest'
import { isHubError } from '../../errors.ts'
import { compileOperation } from './compile/operation.ts'
import { openDocument, resolve } from './resolve/resolve.ts'
import { officialFaults } from './test/official.ts'
import { documentOf, imported } from './test/operation.ts'
import { richDocument } from './test/rich-document.ts'
import type { Json } from './types.ts'
import { importNow } from './worker-tasks.ts'

/** Imported, or refused with at least one pointer; anything else fails the test. */
function outcome(document: Json | string): { imported: ReturnType<typeof imported> } | { refused: string } {
  try {
    return { imported: imported(document) }
  } catch (error) {
    if (!isHubError(error, 'invalid_document') || error.errors === undefined || error.errors.length === 0) throw error
    return { refused: error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('\n') }
  }
}

const head = 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\n'

describe('documents that are made to hurt', () => {
  test('aliases that expand to billions of values are refused', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `x-${i + 1}: &l${i + 1} [${Array.from({ length: 9 }, () => `*l${i}`).join(', ')}]`)
    expect(outcome(`${head}x-0: &l0 [lol]\n${levels.join('\n')}\npaths: {}\n`)).toEqual({ refused: expect.stringMatching(/values|aliases/) as string })
  })

  test('aliases that multiply a long text are refused', () => {
    const lines = [`x-0: &l0 ["${'a'.repeat(1_000_000)}"]`, ...Array.from({ length: 3 }, (_, i) => `x-${i + 1}: &l${i + 1} [${Array.from({ length: 9 }, () => `*l${i}`).join(', ')}]`)]
    expect(outcome(`${head}${lines.join('\n')}\npaths: {}\n`)).toHaveProperty('refused')
  })

  test('an alias within itself is refused', () => {
    expect(outcome(`${head}paths: {}\nx-a: &a [*a]\n`)).toHaveProperty('refused')
  })

  test('a few aliases are fine', () => {
    expect(outcome(`${head}x-ok: &ok {responses: {"200": {description: ok}}}\npaths: {/a: {get: *ok, post: *ok}}\n`)).toMatchObject({ imported: { operations: [{ id: 'get_a' }, { id: 'post_a' }] } })
  })

  for (const depth of [200, 10_000, 1_000_000]) {
    test(`${depth} levels of nesting are refused, in JSON and YAML`, () => {
      expect(outcome(`{"openapi":"3.1.0","x":${'['.repeat(depth)}${']'.repeat(depth)}}`)).toEqual({ refused: expect.stringContaining('nested deeper') as string })
      expect(outcome(`{"openapi":"3.1.0","x":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`)).toHaveProperty('refused')
      if (depth <= 10_000) expect(outcome(`${head}paths: {}\nx: ${'['.repeat(depth)}${']'.repeat(depth)}\n`)).toHaveProperty('refused')
    })
  }

  test('millions of tiny values are refused before they are built', () => {
    expect(outcome(`{"openapi":"3.1.0","x":[${'[],'.repeat(5_000_000)}[]]}`)).toEqual({ refused: expect.stringContaining('more than') as string })
  })

  test('__proto__ and constructor as keys change nothing but themselves', () => {
    const text = JSON.stringify(documentOf({ '/a': { get: { operationId: 'a', parameters: [{ name: 'constructor', in: 'query', schema: { type: 'string' } }, { name: '__proto__', in: 'query', schema: {} }], responses: {} } } }, { components: { schemas: { constructor: { type: 'object' }, toString: { $ref: '#/components/schemas/hasOwnProperty' } } } }))
    const evil = text.replace('"openapi"', '"__proto__":{"polluted":true,"openapi":"9"},"openapi"').replace('"/a"', '"__proto__":{"get":{}},"/a"').replace('"schemas":{', '"schemas":{"__proto__":{"type":"object"},')
    const result = outcome(evil)
    expect(({} as Json)['polluted']).toBeUndefined()
    expect(result).toMatchObject({ imported: { operations: [{ id: 'a' }] } })
    if ('imported' in result) {
      expect(result.imported.warnings.filter(warning => warning.includes('__proto__'))).toHaveLength(4)
      expect(new TextDecoder().decode(result.imported.normalised)).not.toContain('__proto__')
    }
    const yaml = outcome(`${head}paths: {}\n__proto__: {polluted: true}\n`)
    expect(yaml).toHaveProperty('imported')
    expect(({} as Json)['polluted']).toBeUndefined()
  })

  test('texts of a megabyte in every place that takes text are carried or cut, not choked on', () => {
    const long = 'x'.repeat(1_000_000)
    const result = outcome(documentOf({ [`/${long}`]: { get: { operationId: long, summary: long, description: long, tags: [long], parameters: [{ name: long, in: 'query', schema: { pattern: long, $ref: long } }], security: [{ [long]: [] }], responses: {} } } }))
    expect(result).toHaveProperty('refused')
    expect(JSON.stringify(result).length).toBeLessThan(5_000_000)
  })

  test('what is no document at all is refused', () => {
    for (const text of ['', '   ', 'null', '[]', '"x"', '5', 'true', '<html></html>', '{', '[1,', '{"a":1}}', 'a: b: c', '%', '--- a\n--- b\n', '\u0000', '!!js/function x', '*x', '&a', '? ', '- - -', '<<: *x']) {
      expect(outcome(text), JSON.stringify(text)).toHaveProperty('refused')
    }
  })

  test('bytes that are not UTF-8 are refused', () => {
    for (const bytes of [[0xff], [0xc3, 0x28], [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], [0x1f, 0x8b, 8]]) {
      expect(() => importNow({ bytes: new Uint8Array(bytes) })).toThrow(expect.objectContaining({ code: 'invalid_document' }) as Error)
    }
  })
})

/** All the places of a document, as paths of keys. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value)
  return [path, ...keys.flatMap(key => places((value as Json)[key], [...path, key]))]
}

function withReplaced(document: Json, path: (string | number)[], replacement: unknown): unknown {
  if (path.length === 0) return replacement
  const copy = structuredClone(document)
  let parent = copy as Record<string | number, unknown>
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>
  parent[path.at(-1) as string] = replacement
  return copy
}

const wrong: [string, unknown][] = [['null', null], ['a number', 7], ['text', 'nonsense'], ['a list', [7, null, 'x']], ['an object', { x: { y: null } }], ['true', true], ['a bad reference', { $ref: '#/components/schemas/Gone' }], ['a mad reference', { $ref: 5 }]]

describe('the wrong type in any one place', () => {
  for (const [number, [name, replacement]] of wrong.entries()) {
    test(`${name}: refused with a pointer, or imported as a document whose operations all work`, () => {
      const document = richDocument()
      let refused = 0
      for (const [i, path] of places(document).entries()) {
        const result = outcome(JSON.stringify(withReplaced(document, path, replacement)))
        if ('refused' in result) {
          refused++
          continue
        }
        const { normal, operations, securitySchemes } = result.imported
        // Compiling is what takes time: each place with one of the replacements.
        if (i % wrong.length !== number) continue
        const opened = openDocument(normal)
        for (const { id, resolvable } of operations) {
          if (!resolvable) continue
          const operation = compileOperation(resolve(opened, id), { securitySchemes })
          // Whatever the document says, an input is judged or refused, and nothing else.
          expect(() => { operation.validateInput({ id: 'x' }) }, path.join('/')).not.toThrow(expect.not.objectContaining({ name: 'HubError' }) as Error)
          operation.validateOutput?.({}, 200)
        }
      }
      expect(refused).toBeGreaterThan(0)
    })
  }

  test('what is imported in spite of it is a valid document', async () => {
    const document = richDocument()
    for (const [i, path] of places(document).entries()) {
      // Every place with one of the replacements.
      const result = outcome(JSON.stringify(withReplaced(document, path, wrong[i % wrong.length]?.[1])))
      if ('imported' in result) expect(officialFaults(result.imported.normal), path.join('/')).toEqual([])
    }
  })
})
