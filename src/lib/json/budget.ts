/**
 * Ajv with a budget. A schema can make checking cost any amount of time, by doubling references or by comparing
 * everything with everything; code that runs on the hub's own thread cannot be interrupted, so it counts its steps.
 */
import { _, Ajv2020 } from 'ajv/dist/2020.js'
import type { KeywordCxt } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Pattern } from './patterns.ts'

export class OverBudget extends Error {}

export class Budget {
  left = 0

  spend(steps: number): void {
    this.left -= steps
    if (this.left < 0) this.exceed()
  }

  exceed(): never { throw new OverBudget() }
}

/** Some formats are regular expressions of the library's own; longer strings than this are not held against them. */
const maxFormatLength = 2_000
/** What a step is worth in characters, where text is gone through. */
const charsPerStep = 16

export function createAjv(budget: Budget, patterns: Map<string, Pattern>, allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors, strict: false, logger: false, meta: false, validateSchema: false, addUsedSchema: false, inlineRefs: false, verbose: true, messages: false,
    code: { regExp: regExpEngine(budget, patterns), optimize: false },
  })
  addFormats.default(ajv, { mode: 'fast', keywords: false })
  boundFormats(ajv)
  addCost(ajv, budget)
  for (const keyword of ['enum', 'uniqueItems', 'minLength', 'maxLength']) ajv.removeKeyword(keyword)
  addLengths(ajv, budget)
  addComparisons(ajv, budget)
  return ajv
}

function regExpEngine(budget: Budget, patterns: Map<string, Pattern>) {
  const engine = (source: string) => {
    const pattern = patterns.get(source)!
    return {
      test(text: string): boolean {
        // An automaton's step costs more than a comparison.
        budget.spend(1 + text.length)
        return pattern.test(text)
      },
      // Ajv keeps the compiled ones by this name.
      toString: () => source,
    }
  }
  engine.code = 'new RegExp'
  return engine
}

function boundFormats(ajv: Ajv2020): void {
  for (const [name, format] of Object.entries(ajv.formats)) {
    if (format === undefined || typeof format === 'boolean' || typeof format === 'string') continue
    if (format instanceof RegExp) ajv.formats[name] = (text: string) => text.length > maxFormatLength || format.test(text)
    else if (typeof format === 'function') ajv.formats[name] = (text: string) => text.length > maxFormatLength || format(text)
  }
}

/** Every schema object has a `cost`, taken before its other keywords. */
function addCost(ajv: Ajv2020, budget: Budget): void {
  ajv.addKeyword({
    keyword: 'cost',
    schemaType: 'number',
    before: 'type',
    code({ gen, schema }: KeywordCxt) {
      const account = gen.scopeValue('obj', { ref: budget, key: budget })
      gen.code(_`if ((${account}.left -= ${schema as number}) < 0) ${account}.exceed()`)
    },
  })
}

/** Counted in Unicode characters, as JSON Schema has it. */
function addLengths(ajv: Ajv2020, budget: Budget): void {
  const lengthOf = (text: string) => {
    budget.spend(Math.floor(text.length / charsPerStep))
    let length = 0
    for (let at = 0; at < text.length; length++) at += text.codePointAt(at)! > 0xffff ? 2 : 1
    return length
  }
  ajv.addKeyword({
    keyword: 'minLength', type: 'string', schemaType: 'number',
    compile: (limit: number) => (text: string) => text.length >= limit && (text.length >= limit * 2 || lengthOf(text) >= limit),
  })
  ajv.addKeyword({
    keyword: 'maxLength', type: 'string', schemaType: 'number',
    compile: (limit: number) => (text: string) => text.length <= limit || (text.length <= limit * 2 && lengthOf(text) <= limit),
  })
}

function addComparisons(ajv: Ajv2020, budget: Budget): void {
  ajv.addKeyword({
    keyword: 'enum', schemaType: 'array',
    compile(list: unknown[]) {
      const unlimited = new Budget()
      unlimited.left = Infinity
      const texts = new Set(list.map((value) => canonical(value, unlimited)))
      const hasObjects = list.some((value) => typeof value === 'object' && value !== null)
      return (value: unknown) => (typeof value !== 'object' || value === null || hasObjects) && texts.has(canonical(value, budget))
    },
  })
  ajv.addKeyword({
    keyword: 'uniqueItems', type: 'array', schemaType: 'boolean',
    compile: () => (list: unknown[]) => {
      const texts = new Set<string>()
      for (const item of list) texts.add(canonical(item, budget))
      return texts.size === list.length
    },
  })
}

/** The same text for equal JSON values, whatever the order of their keys. */
function canonical(value: unknown, budget: Budget): string {
  budget.spend(1)
  if (typeof value === 'string') budget.spend(Math.floor(value.length / charsPerStep))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, budget)).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member, budget)}`).join(',')}}`
}
