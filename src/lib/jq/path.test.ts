import { afterAll, expect, test } from 'vitest'
import { createJq } from './jq.ts'
import { evaluatePath, parsePath } from './path.ts'

const jq = createJq({ timeoutMs: 10_000 })
afterAll(() => jq.close())

const steps = ['.a', '."b c"', '["a"]', '.["b c"]', '[0]', '[1]', '[-1]', '[7]', '.["a"]?', '[0]?', '.a?', '."b c"?', '[-3]?', '.__proto__', '.constructor', '["é🎉"]', '.if', '.[0]', '."a"']
const documents = [
  null, true, 0, 5.5, 'text', '', [], {}, [1], [null, [2]], [[1, 2, 3], { a: 1 }], { a: null }, { a: { a: { 'b c': [1, 2] } } }, { 'b c': { a: [{ a: 3 }] } },
  { a: [1, [2, { a: 4 }]] }, { a: 'x', 'b c': false }, JSON.parse('{"__proto__": {"a": 9}, "constructor": [8]}'), { 'é🎉': { if: [6] } }, [{ if: { a: 1 } }], [[[]]],
] as unknown[]

function paths(): string[] {
  const starts = steps.map((step) => step.startsWith('[') ? `.${step}` : step)
  const two = starts.flatMap((first) => steps.map((second) => first + second))
  // Every fifth of the pairs gets a third step, each time another one.
  const three = two.filter((_, i) => i % 5 === 0).map((path, i) => path + steps[i % steps.length]!)
  return ['.', ' . ', '\n.a\t', ...starts, ...two, ...three]
}

test('a path evaluated here and the same path in jq give the same outputs and the same errors', async () => {
  const outcome = (promise: Promise<unknown[]>) => promise.then((v) => JSON.stringify(v), (e: Error) => `error: ${e.message}`)
  const all = paths()
  const before = jq.stats()
  const differences: unknown[] = []
  for (let at = 0; at < all.length; at += 100) {
    differences.push(...await Promise.all(all.slice(at, at + 100).map(async (path) => {
      const pairs = await Promise.all(documents.map(async (document) =>
        [await outcome(jq.evaluate(path, document)), await outcome(jq.evaluate(`(${path})`, document, { batchKey: 'jq' }))]))
      return pairs.flatMap(([here, real], i) => here === real ? [] : [{ path, document: documents[i], here, real }])
    })))
  }
  expect(differences.flat()).toEqual([])
  // More would mean that jq was compared with itself.
  expect(jq.stats().evaluations - before.evaluations).toBe(all.length * documents.length)
})

test.each(['..', '.a.', '.[', '.[]', '.[1:2]', '.a | .b', '.a,.b', '.a??', '.["a\\n"]', '.["\\(1)"]', '.[01]', '.[1.5]', '.[1e1]', '. a', '.a b', '..a', '.a..b', '..[0]', '$', '$a::b', '.[.a]', '.[$x]', 'a', '', '.a#', '."a', '.[-0]', '.a.[]?', '.1', '$x$y', '."a""b"'])('%j is left to jq', (source) => {
  expect(parsePath(source)).toBeUndefined()
})

test('a path may start at a variable', async () => {
  const options = { variables: { user: { name: ['Ada'] } } }
  expect(await jq.evaluate('$user.name[0]', 1, options)).toEqual(['Ada'])
  expect(await jq.evaluate('$user', 1, options)).toEqual([{ name: ['Ada'] }])
  expect(await jq.evaluate('$user["name"]?.x', 1, options).catch((e: Error) => e.message)).toBe('Cannot index array with string ("x")')
  expect(jq.stats().paths).toBeGreaterThanOrEqual(2)
})

test('values that are none of JSON\'s are left to jq, which sees their JSON form', async () => {
  const date = new Date(0)
  expect(evaluatePath(parsePath('.a')!, { a: date })).toBeUndefined()
  expect(evaluatePath(parsePath('.a.b')!, { a: new Map() })).toBeUndefined()
  expect(await jq.evaluate('.a', { a: date })).toEqual(['1970-01-01T00:00:00.000Z'])
  expect(await jq.evaluate('.a', { a: undefined })).toEqual([null])
  expect(await jq.evaluate('.a', { a: NaN })).toEqual([null])
})
