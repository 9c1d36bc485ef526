/** Where the parts of a document stand in its text. */
import { isAlias, isCollection, isMap, isNode, isScalar, isSeq, type CST, type Document, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Style } from './render.ts'

export interface Span { from: number, to: number }

export const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1)
const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end === -1 ? text.length : end
}

/** Only space before it on its line. */
export const isFirstOnLine = (text: string, offset: number): boolean => text.slice(lineStart(text, offset), offset).trim() === ''

export const isFlow = (node: unknown): boolean => isCollection(node) && node.flow === true

/** Behind the last character that means something; comments after it are not counted. */
function endOf(text: string, node: unknown, otherwise: number): number {
  // What is empty stands behind the comments that follow.
  if (!isNode(node) || !node.range || node.range[1] === node.range[0]) return otherwise
  return Math.max(otherwise, node.range[0] + text.slice(node.range[0], node.range[1]).trimEnd().length)
}

export function endOfPair(text: string, { key, value }: Pair): number {
  const keyEnd = (key as Node).range![1]
  const colon = text.indexOf(':', keyEnd)
  return endOf(text, value, colon === -1 ? keyEnd : colon + 1)
}

/** From the first of the comments that stand right above. */
function withComments(text: string, offset: number): number {
  let from = lineStart(text, offset)
  while (from > 0) {
    const above = lineStart(text, from - 1)
    if (!/^[ \t]*#/.test(text.slice(above, from))) break
    from = above
  }
  return from
}

/** The dashes of a block list; undefined where they do not each begin a line. */
export function dashesOf(text: string, seq: YAMLSeq): number[] | undefined {
  const token = seq.srcToken as CST.BlockSequence | undefined
  if (token?.type !== 'block-seq') return undefined
  const dashes = token.items.flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset))
  return dashes.length === seq.items.length && dashes.every((dash) => isFirstOnLine(text, dash)) ? dashes : undefined
}

/** Whole lines: with the comments above, and what is empty below when another follows. */
export function itemLines(text: string, seq: YAMLSeq, dashes: number[], index: number): Span {
  const from = withComments(text, dashes[index]!)
  const next = dashes[index + 1]
  if (next !== undefined) return { from, to: withComments(text, next) }
  return { from, to: Math.min(text.length, lineEnd(text, contentEnd(text, seq.items[index], dashes[index]! + 1)) + 1) }
}

function contentEnd(text: string, item: unknown, otherwise: number): number {
  if (isMap(item) && item.items.length > 0) return Math.max(endOf(text, item, otherwise), endOfPair(text, item.items.at(-1)!))
  return endOf(text, item, otherwise)
}

export const keyStart = ({ key }: Pair): number => (key as Node).range![0]

/** Whole lines of a member of a block map; undefined where its key does not begin one, such as behind a dash. */
export function pairLines(text: string, map: YAMLMap, index: number): Span | undefined {
  const pair = map.items[index]!
  if (!isFirstOnLine(text, keyStart(pair))) return undefined
  const next = map.items[index + 1]
  return { from: withComments(text, keyStart(pair)), to: next === undefined ? Math.min(text.length, lineEnd(text, endOfPair(text, pair)) + 1) : withComments(text, keyStart(next)) }
}

export function styleOf(text: string, document: Document.Parsed): Style {
  const style: Style = { step: 2, indentSeq: true, isJson: text.trimStart().startsWith('{') }
  const { contents } = document
  if (!isMap(contents) || isFlow(contents)) return style
  for (const { key, value } of contents.items) {
    if (isFlow(value) || !isScalar(key)) continue
    if (isMap(value) && value.items[0] !== undefined) style.step = Math.max(1, columnOf(text, keyStart(value.items[0])) - columnOf(text, key.range![0]))
    else if (isSeq(value)) {
      const [dash] = dashesOf(text, value) ?? []
      if (dash !== undefined) style.indentSeq = columnOf(text, dash) > columnOf(text, key.range![0])
    }
  }
  return style
}

/** Named elsewhere, or of a type of its own: rewritten by the parser's own means. */
export const isPlainNode = (node: unknown): boolean => isAlias(node) || !isNode(node) || ((node as { anchor?: string }).anchor === undefined && node.tag === undefined)
