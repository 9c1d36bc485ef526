import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fieldErrors, parseInput } from './zod-errors.ts'

const quota = z.union([
  z.strictObject({ unlimited: z.literal(true) }),
  z.strictObject({ unlimited: z.literal(false).default(false), limit: z.number().int().min(0), period: z.enum(['hour', 'day']).default('day') }),
])
const step = z.union([z.string().min(1), z.strictObject({ expression: z.string(), operations: z.array(z.string()).optional() })])
const settings = z.strictObject({ quota: quota.optional(), steps: z.array(step).optional() })

const pointers = (schema: z.ZodType, value: unknown): string[] => fieldErrors(schema.safeParse(value).error!).map(({ pointer }) => pointer)

describe('the pointer names the field that is wrong', () => {
  test.each([
    [{ quota: { limit: -1, period: 'hours' } }, ['/quota/limit', '/quota/period']],
    [{ quota: { limit: 'many' } }, ['/quota/limit']],
    [{ quota: { period: 'day' } }, ['/quota/limit']],
    [{ quota: { unlimited: true, limit: 5 } }, ['/quota/limit']],
    [{ quota: { unlimited: 'yes' } }, ['/quota/unlimited']],
    [{ quota: { limt: 5 } }, ['/quota/limit', '/quota/limt']],
    [{ steps: ['.a', { expression: '.', operations: ['*', 7] }] }, ['/steps/1/operations/1']],
    [{ steps: [''] }, ['/steps/0']],
  ])('within the alternative of a union that the value comes nearest to: %j', (value, expected) => {
    expect(pointers(settings, value)).toEqual(expected)
  })

  test('within a union in a union, and below a base', () => {
    const nested = z.union([z.string(), z.union([z.object({ a: z.number() }), z.object({ b: z.object({ 'c/d': z.number() }) })])])
    const value = { b: { 'c/d': 'x' } }
    expect(pointers(nested, value)).toEqual(['/b/c~1d'])
    expect(() => parseInput(nested, value, '/input')).toThrow('/input/b/c~1d: must be a number, not a string')
  })

  test('where a union is told apart by a field, that field', () => {
    const told = z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), size: z.number() }), z.object({ kind: z.literal('b') })])
    expect(pointers(told, { kind: 'c' })).toEqual(['/kind'])
    expect(pointers(told, { kind: 'a', size: '1' })).toEqual(['/size'])
  })
})

test('a value of no type that a union takes is a fault of the union, which says what it takes', () => {
  expect(fieldErrors(settings.safeParse({ quota: 3, steps: [true] }).error!)).toEqual([
    { pointer: '/quota', detail: 'must be an object' },
    { pointer: '/steps/0', detail: 'must be a string or an object' },
  ])
  const flag = z.union([z.boolean(), z.enum(['yes', 'no'])])
  expect(fieldErrors(flag.safeParse('maybe').error!)).toEqual([{ pointer: '', detail: 'must be true or false or "yes" or "no"' }])
  expect(fieldErrors(z.union([z.string(), z.number()], 'takes a name or a number').safeParse([]).error!)).toEqual([{ pointer: '', detail: 'takes a name or a number' }])
})

test("a key that a map does not take is told with the key's own fault", () => {
  const headers = z.record(z.string().regex(/^[a-z-]+$/, 'is not a header name'), z.string())
  expect(fieldErrors(headers.safeParse({ 'a b': 'x' }).error!)).toEqual([{ pointer: '/a b', detail: 'is not a header name' }])
})

test.each<[z.ZodType, unknown, string]>([
  [z.string(), undefined, 'is missing'], [z.string(), null, 'must be a string, not null'], [z.string(), 5, 'must be a string, not a number'], [z.boolean(), [], 'must be true or false, not a list'],
  [z.coerce.number(), 'abc', 'must be a number'], [z.int(), 1.5, 'must be an integer'], [z.int(), '1', 'must be a number, not a string'],
  [z.number().min(1), 0, 'must be 1 or more'], [z.number().max(5), 6, 'must be 5 or less'], [z.number().gt(1), 1, 'must be more than 1'], [z.number().lt(1), 1, 'must be less than 1'],
  [z.string().min(1), '', 'must not be empty'], [z.string().min(3), 'ab', 'must have at least 3 characters'], [z.array(z.string()).max(1), ['', ''], 'must have at most 1 item'],
  [z.enum(['a', 'b']), 'c', 'must be "a" or "b"'], [z.literal(true), false, 'must be true'], [z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]), { kind: 'c' }, 'must be "a" or "b"'],
  [z.url(), 'x', 'is no valid URL'], [z.string().regex(/a/, 'needs an a'), 'b', 'needs an a'], [z.number('takes a number'), '1', 'takes a number'],
])('what is wrong is said in plain words: %#', (schema, value, detail) => {
  expect(fieldErrors(schema.safeParse(value).error!).map((each) => each.detail)).toEqual([detail])
})
