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
    expect(() => parseInput(nested, value, '/input')).toThrow('/input/b/c~1d: Invalid input: expected number, received string')
  })

  test('where a union is told apart by a field, that field', () => {
    const told = z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), size: z.number() }), z.object({ kind: z.literal('b') })])
    expect(pointers(told, { kind: 'c' })).toEqual(['/kind'])
    expect(pointers(told, { kind: 'a', size: '1' })).toEqual(['/size'])
  })
})

test('a value of no type that a union takes is a fault of the union, which says what it takes', () => {
  expect(fieldErrors(settings.safeParse({ quota: 3, steps: [true] }).error!)).toEqual([
    { pointer: '/quota', detail: 'Invalid input: expected object' },
    { pointer: '/steps/0', detail: 'Invalid input: expected string or object' },
  ])
  const flag = z.union([z.boolean(), z.enum(['yes', 'no'])])
  expect(fieldErrors(flag.safeParse('maybe').error!)).toEqual([{ pointer: '', detail: 'Invalid input: expected boolean or "yes"|"no"' }])
  expect(fieldErrors(z.union([z.string(), z.number()], 'takes a name or a number').safeParse([]).error!)).toEqual([{ pointer: '', detail: 'takes a name or a number' }])
})

test("a key that a map does not take is told with the key's own fault", () => {
  const headers = z.record(z.string().regex(/^[a-z-]+$/, 'is not a header name'), z.string())
  expect(fieldErrors(headers.safeParse({ 'a b': 'x' }).error!)).toEqual([{ pointer: '/a b', detail: 'is not a header name' }])
})
