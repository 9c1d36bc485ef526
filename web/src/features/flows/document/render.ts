/** Values as text that fits where it is put. */
import { Scalar, stringify, type Node } from 'yaml'

export interface Style {
  /** Spaces that one level is set in by. */
  step: number
  /** Whether lists stand further in than the key that they belong to. */
  indentSeq: boolean
  isJson: boolean
}

const WHOLE = 0

const options = ({ step, indentSeq }: Style) => ({ indent: step, indentSeq, lineWidth: WHOLE, aliasDuplicateObjects: false })

/** What stands behind `key:` in a block at `column`: begins with a space or a line's end. */
export function blockValue(value: unknown, column: number, style: Style, before?: unknown): string {
  const text = stringify({ k: likeBefore(value, before) }, options(style)).replace(/\n$/, '')
  return indented(text.slice(2), column)
}

/** A member of a block map, from its key on. */
export function blockPair(key: string, value: unknown, column: number, style: Style): string {
  return indented(stringify({ [key]: value }, options(style)).replace(/\n$/, ''), column)
}

/** An item of a block list, from its dash on. */
export function blockItem(value: unknown, column: number, style: Style): string {
  return indented(stringify([value], options(style)).replace(/\n$/, ''), column)
}

/** Within braces and brackets. */
export function flowValue(value: unknown, style: Style, before?: unknown): string {
  if (style.isJson) return JSON.stringify(value)
  return stringify([likeBefore(value, before)], { ...options(style), collectionStyle: 'flow' }).trim().slice(1, -1).trim()
}

export function flowKey(key: string, style: Style): string {
  return style.isJson ? JSON.stringify(key) : flowValue(key, style)
}

/** A text in the quotes that stood there. */
function likeBefore(value: unknown, before: unknown): unknown {
  if (typeof value !== 'string' || !(before instanceof Scalar) || typeof before.value !== 'string' || !(before.type === 'QUOTE_DOUBLE' || before.type === 'QUOTE_SINGLE') || value.includes('\n')) return value
  const scalar = new Scalar(value) as Scalar & Node
  scalar.type = before.type
  return scalar
}

/** All lines but the first set in; empty ones stay empty. */
function indented(text: string, column: number): string {
  return text.replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(column)}`)
}

/** Other lines moved by so many columns; undefined where one has not that many to give. */
export function shifted(text: string, by: number): string | undefined {
  if (by >= 0) return text.replaceAll(/^(?=[^\n])/gm, ' '.repeat(by))
  const lines = text.split('\n')
  return lines.every((line) => line.trim() === '' || line.search(/\S/) >= -by) ? lines.map((line) => line.slice(Math.min(-by, line.length - line.trimStart().length))).join('\n') : undefined
}
