import { afterAll, expect, test } from 'vitest'
import { evaluateCondition, parseCondition } from './condition.ts'
import { createJq } from './jq.ts'

const jq = createJq({ timeoutMs: 10_000 })
afterAll(() => jq.close())

const operands = ['.a', '.a.b', '.', '.b[0]', '."c d"', '.a?', 'null', 'true', 'false', '0', '-1', '1.5', '100', '"x"', '""', '"é"', '"🎉"', '.e', '.f']
const operators = ['==', '!=', '<', '<=', '>', '>=']
const documents = [
  null, 5, 'x', [], {}, { a: 1 }, { a: 100, b: [100] }, { a: { b: 'x' }, 'c d': 'x' }, { a: { b: null }, b: ['x'] }, { a: true, b: [false], 'c d': true },
  { a: 'é', b: ['z'], e: '🎉', f: '\uFFFD' }, { a: [1], b: [[1]] }, { a: { x: 1 }, b: [{ x: 1 }] }, { a: -0.5, b: [0], 'c d': 1e21 }, { a: '', b: [null] },
] as unknown[]

function conditions(): string[] {
  const comparisons = operands.flatMap((left, at) => operators.map((operator, turn) => `${left} ${operator} ${operands[(at * 7 + turn * 3) % operands.length]!}`))
  const joined = comparisons.map((first, at) => [
    `${first} and ${comparisons[(at * 5 + 1) % comparisons.length]!}`,
    `${first} or ${operands[at % operands.length]!} and ${comparisons[(at * 11 + 2) % comparisons.length]!}`,
    `(${first} or .a)and(${comparisons[(at * 3 + 5) % comparisons.length]!})`,
  ][at % 3]!)
  return [...comparisons, ...joined]
}

test('a condition decided here comes out as it does in jq', async () => {
  const differences: unknown[] = []
  let decided = 0
  const all = conditions()
  for (let at = 0; at < all.length; at += 40) {
    await Promise.all(all.slice(at, at + 40).map(async (source) => {
      const condition = parseCondition(source)
      if (condition === undefined) return
      for (const document of documents) {
        const here = evaluateCondition(condition, document)
        if (here === undefined) continue
        decided += 1
        const real = await jq.evaluate(`[${source}]`, document, { batchKey: 'jq' }).then(([value]) => (value as unknown[])[0], (error: Error) => error.message)
        if (real !== here) differences.push({ source, document, here, real })
      }
    }))
  }
  expect(differences).toEqual([])
  expect(decided).toBeGreaterThan(1500)
})

test.each([
  '.a == 1', '.a==1', '.data.amount>100', '.type == "x" and .data.n >= -3', '.a or .b == null', '(.a == 1 or .b == 2) and .c != "x"', ' ."b c" < 0.5 ', '.a[0] == true', '."and" == 1',
])('%j is decided here', (source) => {
  expect(parseCondition(source)).toBeDefined()
})

test.each([
  '.a', '.', '1', '', '.a == 1 == 2', '.a == 1 | not', '.a | . == 1', '.a // 1 == 1', '.a == "x\\n"', '.a == 01', '.a == 1e3', '.a == $x', '.a == .b + 1', 'not', '.a and', '(.a == 1', '.a == 1)', '.a == [1]',
  '.a == 12345678901234567890', '.[] == 1', '.. == 1', '.a == trueish', '(.a) == 1', 'andy == 1', '.a == 1, 2', '.a == 1 #', 'true::x == 1',
])('%j is left to jq', (source) => {
  expect(parseCondition(source)).toBeUndefined()
})

test('what jq would fail at is left to jq, for it to say why', async () => {
  expect(evaluateCondition(parseCondition('.a.b == 1')!, { a: 'text' })).toBeUndefined()
  expect(evaluateCondition(parseCondition('.a == .b')!, { a: { x: 1 }, b: { x: 1 } })).toBeUndefined()
  await expect(jq.first('.a.b == 1', { a: 'text' })).rejects.toMatchObject({ code: 'expression_failed' })
})
