/** Values as they are typed into fields, and back. */
import { parseDocument, stringify } from 'yaml'
import { isSame } from '../document/edits.ts'

export type Typed = { value: unknown } | { fault: string }

/** An expression as a whole is a text, whatever its braces would say as YAML. */
const isExpression = (text: string): boolean => text.startsWith('${') && text.endsWith('}')

export function parseBlock(text: string): Typed {
  const trimmed = text.trim()
  if (isExpression(trimmed)) return { value: trimmed }
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) return { fault: error.message }
  return { value: trimmed === '' ? undefined : document.toJS() as unknown }
}

/** In one line a text needs no quotes, unless it looks like something else. */
export function parseLine(text: string): Typed {
  const trimmed = text.trim()
  if (isExpression(trimmed) || !/^(?:[[{"']|(?:true|false|null|~|[-+]?[.\d][\d.eE+-]*)$)/.test(trimmed)) return { value: text }
  return parseBlock(text)
}

export function blockText(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string' && !value.includes('\n')) return fits(parseBlock(value), value) ? value : JSON.stringify(value)
  return stringify(value, { lineWidth: 0 }).replace(/\n$/, '')
}

export function lineText(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return !value.includes('\n') && fits(parseLine(value), value) ? value : JSON.stringify(value)
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim()
}

/** Whether what is typed means the value. */
export function fits(typed: Typed, value: unknown): boolean {
  return 'value' in typed && isSame(typed.value, value)
}
