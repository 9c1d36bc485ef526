/**
 * Conditions without jq: comparisons of paths with each other and with plain values, joined by `and` and `or`, such as
 * `.data.amount > 100 and .subject != "test"`. Most filters are nothing else, and one that is decided at once need not wait for a thread.
 * Whatever is not clear at a glance (another operator, a wrong type on the way, two objects) is left to jq.
 */
import { evaluatePath, parsePath, type Path } from './path.ts'

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='
type Operand = { path: Path } | { value: unknown }
export type Condition =
  | { kind: 'and' | 'or', parts: Condition[] }
  | { kind: 'comparison', operator: Comparison, left: Operand, right: Operand }
  | { kind: 'operand', operand: Operand }

const token = /[ \n\t\r]*(?:(and|or)(?![a-zA-Z_0-9:])|(true|false|null)(?![a-zA-Z_0-9:])|(==|!=|<=|>=|<|>)|(-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?)(?![0-9.eE])|"([^"\\\p{Cc}]*)"|([()])|(\.(?:[a-zA-Z_0-9.?]|\["[^"\\\p{Cc}]*"\]|\[-?[0-9]+\]|"[^"\\\p{Cc}]*")*))/yu

interface Token { kind: 'word' | 'value' | 'operator' | 'paren' | 'path', text: string, value?: unknown }

/** Brackets in brackets take the stack: what nobody writes by hand is left to jq. */
const MAX_CHARACTERS = 2000

/** Undefined where the program is more than such a condition, or only a path. */
export function parseCondition(source: string): Condition | undefined {
  if (source.length > MAX_CHARACTERS) return undefined
  const tokens = tokensOf(source)
  if (tokens === undefined) return undefined
  const reader = new Reader(tokens)
  const condition = reader.either()
  return condition === undefined || !reader.atEnd || condition.kind === 'operand' ? undefined : condition
}

function tokensOf(source: string): Token[] | undefined {
  const text = source.replace(/[ \n\t\r]+$/, '')
  const tokens: Token[] = []
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at
    const match = token.exec(text)
    if (match === null) return undefined
    const [, word, literal, operator, number, string, paren, path] = match
    if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else if (literal !== undefined) tokens.push({ kind: 'value', text: literal, value: JSON.parse(literal) as unknown })
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator })
    else if (number !== undefined) tokens.push({ kind: 'value', text: number, value: Number(number) })
    else if (string !== undefined) tokens.push({ kind: 'value', text: string, value: string })
    else if (paren !== undefined) tokens.push({ kind: 'paren', text: paren })
    else tokens.push({ kind: 'path', text: path! })
  }
  return tokens
}

/** By jq's precedence: `or` binds least, then `and`, then comparisons, which do not chain. */
class Reader {
  readonly #tokens: Token[]
  #at = 0

  constructor(tokens: Token[]) {
    this.#tokens = tokens
  }

  get atEnd(): boolean { return this.#at === this.#tokens.length }

  either(): Condition | undefined { return this.#joined('or', () => this.#joined('and', () => this.#comparison())) }

  #joined(kind: 'and' | 'or', next: () => Condition | undefined): Condition | undefined {
    const parts: Condition[] = []
    do {
      const part = next()
      if (part === undefined) return undefined
      parts.push(part)
    } while (this.#take('word', kind) !== undefined)
    return parts.length === 1 ? parts[0] : { kind, parts }
  }

  #comparison(): Condition | undefined {
    if (this.#take('paren', '(') !== undefined) {
      const inner = this.either()
      // What is compared in brackets, or compared further, is left to jq.
      return inner === undefined || this.#take('paren', ')') === undefined || this.#peek()?.kind === 'operator' ? undefined : inner
    }
    const left = this.#operand()
    if (left === undefined) return undefined
    const operator = this.#take('operator')
    if (operator === undefined) return { kind: 'operand', operand: left }
    const right = this.#operand()
    if (right === undefined || this.#peek()?.kind === 'operator') return undefined
    return { kind: 'comparison', operator: operator.text as Comparison, left, right }
  }

  #operand(): Operand | undefined {
    const value = this.#take('value')
    if (value !== undefined) return { value: value.value }
    const path = this.#take('path')
    const parsed = path === undefined ? undefined : parsePath(path.text)
    return parsed && { path: parsed }
  }

  #peek(): Token | undefined { return this.#tokens[this.#at] }

  #take(kind: Token['kind'], text?: string): Token | undefined {
    const next = this.#peek()
    if (next?.kind !== kind || (text !== undefined && next.text !== text)) return undefined
    this.#at += 1
    return next
  }
}

/** Undefined where jq must decide. */
export function evaluateCondition(condition: Condition, input: unknown): boolean | undefined {
  if (condition.kind === 'comparison') {
    const left = valueOf(condition.left, input)
    const right = valueOf(condition.right, input)
    return left === unclear || right === unclear ? undefined : compared(condition.operator, left, right)
  }
  if (condition.kind === 'operand') {
    const value = valueOf(condition.operand, input)
    return value === unclear ? undefined : value !== null && value !== false
  }
  const decisive = condition.kind === 'or'
  for (const part of condition.parts) {
    const verdict = evaluateCondition(part, input)
    if (verdict === undefined) return undefined
    if (verdict === decisive) return decisive
  }
  return !decisive
}

const unclear = Symbol('unclear')

function valueOf(operand: Operand, input: unknown): unknown {
  if ('value' in operand) return operand.value
  try {
    const outputs = evaluatePath(operand.path, input)
    return outputs === undefined || outputs.length !== 1 ? unclear : outputs[0]
  } catch {
    return unclear
  }
}

/** jq's order of types: null, false, true, numbers, strings, arrays, objects. */
function rankOf(value: unknown): number {
  if (value === null) return 0
  if (typeof value === 'boolean') return value ? 2 : 1
  if (typeof value === 'number') return 3
  if (typeof value === 'string') return 4
  return Array.isArray(value) ? 5 : 6
}

function compared(operator: Comparison, left: unknown, right: unknown): boolean | undefined {
  const ranks = rankOf(left) - rankOf(right)
  const order = ranks === 0 ? orderWithin(left, right, operator) : ranks
  if (order === undefined) return undefined
  switch (operator) {
    case '==': return order === 0
    case '!=': return order !== 0
    case '<': return order < 0
    case '<=': return order <= 0
    case '>': return order > 0
    case '>=': return order >= 0
  }
}

function orderWithin(left: unknown, right: unknown, operator: Comparison): number | undefined {
  if (typeof left === 'number') return Math.sign(left - (right as number))
  if (typeof left === 'string') {
    if (left === right) return 0
    // jq orders by code points, JavaScript by UTF-16 units: they differ where there are surrogates.
    if (operator !== '==' && operator !== '!=' && /[\ud800-\udfff]/.test(left + String(right))) return undefined
    return left < (right as string) ? -1 : 1
  }
  return typeof left === 'object' && left !== null ? undefined : 0
}
