/**
 * Single changes to a document, each made where it belongs in the text: everything around stays as it was written.
 * What cannot be placed so (explicit keys, anchors, dashes behind dashes) gives undefined, and is left to the parser's own writer.
 */
import { isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { find, type ReadDocument } from './read.ts'
import { blockItem, blockPair, blockValue, flowKey, flowValue, shifted, type Style } from './render.ts'
import { columnOf, dashesOf, endOfPair, isFlow, isFirstOnLine, isPlainNode, itemLines, keyStart, lineEnd, pairLines, styleOf } from './spans.ts'

/** The text after the change. */
type Changed = string | undefined
type Read = Pick<ReadDocument, 'text' | 'document'>

const put = (text: string, from: number, to: number, insert: string): string => text.slice(0, from) + insert + text.slice(to)
const parentOf = (pointer: string): string => pointer.slice(0, pointer.lastIndexOf('/'))

/** Whether braces or brackets stand around it. */
function isWithinFlow(read: Read, pointer: string): boolean {
  for (let at = pointer; at !== ''; at = parentOf(at)) if (isFlow(find(read.document, parentOf(at))?.node)) return true
  return false
}

/** Another value for what is there. */
export function replaceValue(read: Read, pointer: string, value: unknown): Changed {
  const { text, document } = read
  const found = find(document, pointer)
  if (found === undefined || !isPlainNode(found.node)) return undefined
  const style = styleOf(text, document)
  const range = (found.node as { range?: [number, number, number] } | null)?.range
  if (isWithinFlow(read, pointer)) return range && range[1] > range[0] ? put(text, range[0], range[1], flowValue(value, style, found.node)) : undefined
  if (found.pair === undefined) return undefined
  return replaceInBlock(text, found.pair, value, style)
}

function replaceInBlock(text: string, pair: Pair, value: unknown, style: Style): Changed {
  const keyEnd = (pair.key as { range: [number, number, number] }).range[1]
  const colon = text.indexOf(':', keyEnd)
  if (colon === -1 || text.slice(keyEnd, colon).trim() !== '') return undefined
  const rendered = blockValue(value, columnOf(text, keyStart(pair)), style, pair.value)
  const end = endOfPair(text, pair)
  // A comment behind the colon or above the value stays where a value of one line takes another's place.
  const node = pair.value as { range?: [number, number, number] } | null
  if (isScalar(pair.value) && !rendered.includes('\n') && node?.range && node.range[1] > node.range[0] && !/^[|>]/.test(text.slice(node.range[0]))) return put(text, node.range[0], end, rendered.slice(1))
  return put(text, colon + 1, end, rendered)
}

/** Of a document: what is written before its tasks. */
const leading = new Set(['input', 'use', 'schedule'])

/** A member more. The map may be empty, but must be one. */
export function addMember(read: Read, pointer: string, key: string, value: unknown): Changed {
  const { text, document } = read
  const { node: map } = find(document, pointer) ?? {}
  if (!isMap(map)) return undefined
  const style = styleOf(text, document)
  if (isFlow(map)) return addToFlow(text, map, `${flowKey(key, style)}: ${flowValue(value, style)}`, map.items.length)
  const [first] = map.items
  const last = map.items.at(-1)
  if (first === undefined || last === undefined) return undefined
  const column = columnOf(text, keyStart(first))
  const tasks = pointer === '' && leading.has(key) ? map.items.findIndex(({ key: name }) => isScalar(name) && name.value === 'do') : -1
  const lines = tasks === -1 ? undefined : pairLines(text, map, tasks)
  if (lines !== undefined) return put(text, lines.from, lines.from, `${' '.repeat(column)}${blockPair(key, value, column, style)}\n`)
  const at = lineEnd(text, endOfPair(text, last))
  return put(text, at, at, `\n${' '.repeat(column)}${blockPair(key, value, column, style)}`)
}

/** `written` before the item that is at `index`. */
function addToFlow(text: string, collection: YAMLMap | YAMLSeq, written: string, index: number): Changed {
  const [from, to] = collection.range!
  const items = collection.items.map((item) => spanOf(text, item))
  if (items.some((span) => span === undefined)) return undefined
  if (items.length === 0) {
    const isSpaced = collection.flow === true && isMap(collection)
    return put(text, from + 1, to - 1, isSpaced ? ` ${written} ` : written)
  }
  const next = items[index]
  const before = items[index - 1]
  const example = next ?? before!
  const line = isFirstOnLine(text, example.from) ? `\n${' '.repeat(columnOf(text, example.from))}` : ' '
  if (next !== undefined) return put(text, next.from, next.from, `${written},${line}`)
  return put(text, before!.to, before!.to, `,${line}${written}`)
}

function spanOf(text: string, item: unknown): { from: number, to: number } | undefined {
  if (isMap(item) || isSeq(item) || isScalar(item) || isAlias(item)) return item.range ? { from: item.range[0], to: item.range[1] } : undefined
  const pair = item as Pair
  const range = (pair.key as { range?: [number, number, number] } | undefined)?.range
  return range ? { from: range[0], to: Math.max(range[1], (pair.value as { range?: [number, number, number] } | null)?.range?.[1] ?? 0) } : undefined
}

export function removeMember(read: Read, pointer: string): Changed {
  const { text, document } = read
  const { node: map } = find(document, parentOf(pointer)) ?? {}
  const { pair } = find(document, pointer) ?? {}
  if (!isMap(map) || pair === undefined) return undefined
  if (map.items.length === 1) return replaceValue(read, parentOf(pointer), {})
  const index = map.items.indexOf(pair)
  if (isFlow(map)) return removeFromFlow(text, map, index)
  const lines = pairLines(text, map, index)
  if (lines !== undefined) return put(text, lines.from, lines.to, '')
  const next = map.items[index + 1]
  const between = next === undefined ? undefined : text.slice(endOfPair(text, pair), keyStart(next))
  return between === undefined || between.includes('#') ? undefined : put(text, keyStart(pair), keyStart(next!), '')
}

function removeFromFlow(text: string, collection: YAMLMap | YAMLSeq, index: number): Changed {
  const items = collection.items.map((item) => spanOf(text, item))
  const own = items[index]
  const next = items[index + 1]
  const before = items[index - 1]
  if (own === undefined) return undefined
  if (next !== undefined) return put(text, own.from, next.from, '')
  return before === undefined ? put(text, own.from, own.to, '') : put(text, before.to, own.to, '')
}

export function renameMember(read: Read, pointer: string, name: string): Changed {
  const { text, document } = read
  const { pair } = find(document, pointer) ?? {}
  const range = (pair?.key as { range?: [number, number, number] } | undefined)?.range
  if (range === undefined || !isPlainNode(pair!.key)) return undefined
  const style = styleOf(text, document)
  const written = isWithinFlow(read, pointer) ? flowKey(name, style) : blockPair(name, 0, 0, style).replace(/: 0$/, '')
  return put(text, range[0], range[1], written)
}

/** As they are written, with their comments, set in by `column`. */
export interface ItemLines { text: string, column: number }

export function linesOfItem(read: Read, pointer: string, index: number): ItemLines | undefined {
  const { node: seq } = find(read.document, pointer) ?? {}
  const dashes = isSeq(seq) && !isFlow(seq) ? dashesOf(read.text, seq) : undefined
  if (dashes?.[index] === undefined) return undefined
  const { from, to } = itemLines(read.text, seq as YAMLSeq, dashes, index)
  const lines = read.text.slice(from, to)
  return { text: lines.endsWith('\n') ? lines : `${lines}\n`, column: columnOf(read.text, dashes[index]) }
}

/** An item more in a list that has some, or that is written in brackets. */
export function addItem(read: Read, pointer: string, index: number, item: { value: unknown } | ItemLines): Changed {
  const { text, document } = read
  const { node: seq } = find(document, pointer) ?? {}
  if (!isSeq(seq)) return undefined
  const style = styleOf(text, document)
  if (isFlow(seq)) return 'value' in item ? addToFlow(text, seq, flowValue(item.value, style), index) : undefined
  const dashes = dashesOf(text, seq)
  if (dashes?.[0] === undefined) return undefined
  const column = columnOf(text, dashes[0])
  const lines = 'value' in item ? `${' '.repeat(column)}${blockItem(item.value, column, style)}\n` : shifted(item.text, column - item.column)
  if (lines === undefined) return undefined
  const at = index < dashes.length ? itemLines(text, seq, dashes, index).from : itemLines(text, seq, dashes, dashes.length - 1).to
  return put(text, at, at, at === text.length && !text.endsWith('\n') ? `\n${lines}` : lines)
}

/** `to.index`: in the list as it is. Undefined where one of the lists is written otherwise than line by line. */
export function moveLines(read: Read, from: { pointer: string, index: number }, to: { pointer: string, index: number }): Changed {
  const { text, document } = read
  const [source, target] = [find(document, from.pointer)?.node, find(document, to.pointer)?.node]
  if (!isSeq(source) || !isSeq(target) || isFlow(source) || isFlow(target)) return undefined
  const [dashes, others] = [dashesOf(text, source), dashesOf(text, target)]
  const item = linesOfItem(read, from.pointer, from.index)
  if (dashes === undefined || others?.[0] === undefined || item === undefined) return undefined
  const own = itemLines(text, source, dashes, from.index)
  const at = to.index < others.length ? itemLines(text, target, others, to.index).from : itemLines(text, target, others, others.length - 1).to
  const lines = shifted(item.text, columnOf(text, others[0]) - item.column)
  if (lines === undefined || (at > own.from && at < own.to) || !text.slice(0, at).endsWith('\n')) return undefined
  return at <= own.from ? text.slice(0, at) + lines + text.slice(at, own.from) + text.slice(own.to) : text.slice(0, own.from) + text.slice(own.to, at) + lines + text.slice(at)
}

export function removeItem(read: Read, pointer: string, index: number): Changed {
  const { text, document } = read
  const { node: seq } = find(document, pointer) ?? {}
  if (!isSeq(seq) || seq.items[index] === undefined) return undefined
  if (seq.items.length === 1) return replaceValue(read, pointer, [])
  if (isFlow(seq)) return removeFromFlow(text, seq, index)
  const dashes = dashesOf(text, seq)
  if (dashes === undefined) return undefined
  const { from, to } = itemLines(text, seq, dashes, index)
  return put(text, from, to, '')
}
