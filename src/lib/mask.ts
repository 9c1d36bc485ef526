/** Takes secrets out of text by their values, in whatever form they stand there. */
import { formsOf } from './mask-forms.ts'
import { createSearch, type Search } from './mask-search.ts'

export interface Mask {
  /** Any text: `[secret]` for every secret. The same string where it holds none. */
  mask(text: string): string
  /** A JSON text, which stays one: a number that is a secret becomes a string, and what is no JSON becomes a string too. */
  maskJson(json: string): string
  /** A JSON value, keys included. The same value where it holds no secret, a copy otherwise. Throws as `JSON.stringify` does. */
  maskValue<Value>(value: Value): Value
  /** What to look for in bytes: the same forms as UTF-8, written as latin1, of secrets that have `shortest` characters or more. The same list each time. */
  needles(shortest: number): readonly string[]
}

export const MASKED = '[secret]'
/** Shorter ones would be found everywhere. */
const SECRET_MIN_LENGTH = 6

/** Masks each secret of six characters or more, in all forms that `formsOf` knows. */
export function createMask(secrets: readonly string[]): Mask {
  const needles = needlesOf(secrets, SECRET_MIN_LENGTH)
  if (needles.length === 0) return noMask
  const search = createSearch(needles)
  const mask = (text: string): string => replaced(text, search)
  const maskJson = (json: string): string => {
    const masked = mask(json)
    return masked === json || isJson(masked) ? masked : maskedByValue(json, mask) ?? JSON.stringify(masked)
  }
  const inBytes = new Map<number, string[]>()
  return {
    mask, maskJson, maskValue: (value) => maskedValue(value, maskJson),
    needles(shortest) {
      const from = Math.max(shortest, SECRET_MIN_LENGTH)
      const known = inBytes.get(from) ?? needlesOf(secrets, from).map((needle) => Buffer.from(needle, 'utf8').toString('latin1'))
      inBytes.set(from, known)
      return known
    },
  }
}

function needlesOf(secrets: readonly string[], shortest: number): string[] {
  const all = secrets.flatMap((secret) => [secret, secret.trim()]).filter(({ length }) => length >= shortest)
  return [...new Set([...new Set(all)].flatMap((secret) => formsOf(secret.toWellFormed())))]
}

/** Where there are no secrets. */
export const noMask: Mask = { mask: (text) => text, maskJson: (json) => json, maskValue: (value) => value, needles: () => [] }

function replaced(text: string, search: Search): string {
  const spans = search(text)
  if (spans === undefined) return text
  let result = ''
  let from = 0
  for (const { start, end } of spans) {
    if (isWithinMark(text, start, end)) continue
    result += text.slice(from, start) + MASKED
    from = end
  }
  return result + text.slice(from)
}

/** "secret" may be a secret itself: what was masked before stays as it is. */
function isWithinMark(text: string, start: number, end: number): boolean {
  for (let at = Math.max(0, end - MASKED.length); at <= start; at += 1) if (text.startsWith(MASKED, at)) return true
  return false
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function maskedValue<Value>(value: Value, maskJson: Mask['maskJson']): Value {
  const json = JSON.stringify(value) as string | undefined
  if (json === undefined) return value
  const masked = maskJson(json)
  return masked === json ? value : JSON.parse(masked) as Value
}

/**
 * A secret that was a number, or reached over quotes, tore the text: here each string and number is looked at by itself.
 * Undefined for what is no JSON, or nested too deep to be written.
 */
function maskedByValue(json: string, mask: Mask['mask']): string | undefined {
  try {
    const root: unknown[] = [JSON.parse(json)]
    maskWithin(root, mask)
    return JSON.stringify(root[0])
  } catch {
    return undefined
  }
}

function maskWithin(root: object, mask: Mask['mask']): void {
  // A stack of its own, because JSON may be nested deeper than calls may.
  const open: object[] = [root]
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    for (const [key, value] of entriesWithMaskedKeys(container, mask)) {
      const masked = maskedLeaf(value, mask)
      if (masked !== value) set(container, key, masked)
      else if (value !== null && typeof value === 'object') open.push(value)
    }
  }
}

function maskedLeaf(value: unknown, mask: Mask['mask']): unknown {
  if (typeof value === 'string') return mask(value)
  if (typeof value !== 'number') return value
  const text = String(value)
  const masked = mask(text)
  return masked === text ? value : masked
}

function entriesWithMaskedKeys(container: object, mask: Mask['mask']): [string, unknown][] {
  const entries = Object.entries(container) as [string, unknown][]
  if (Array.isArray(container) || entries.every(([key]) => mask(key) === key)) return entries
  // All anew, so that the order stays.
  const renamed = entries.map(([key, value]): [string, unknown] => [mask(key), value])
  for (const [key] of entries) delete (container as Record<string, unknown>)[key]
  for (const [key, value] of renamed) set(container, key, value)
  return Object.entries(container) as [string, unknown][]
}

/** Not by assignment: a key may be called `__proto__`. */
function set(container: object, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true })
}
