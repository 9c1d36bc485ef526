/** The text of a document, read: the one model of it, of which graph and forms are views. */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Pair, type YAMLMap } from 'yaml'
import { readTasks, type TaskList } from '../graph/tasks.ts'
import { pointerParts } from '../../../lib/pointer.ts'

export interface ReadDocument {
  text: string
  document: Document.Parsed
  definition: unknown
  list: TaskList
  /** Both count from 1; undefined for what is not there. */
  placeOf(pointer: string): { line: number, column: number } | undefined
}

export interface Unreadable { message: string, line: number, column: number }

export const isReadable = (reading: ReadDocument | Unreadable): reading is ReadDocument => 'document' in reading

/** A change is proved by reading what it made, which is what is shown next; undoing goes back to what was shown before. */
const REMEMBERED = 4
const known = new Map<string, ReadDocument | Unreadable>()

export const isRead = (text: string): boolean => known.has(text)

/** Read once, and never changed. */
export function readDocument(text: string): ReadDocument | Unreadable {
  const reading = known.get(text) ?? readAnew(text)
  // The last that was asked for is the last to go.
  known.delete(text)
  known.set(text, reading)
  for (const oldest of [...known.keys()].slice(0, -REMEMBERED)) known.delete(oldest)
  return reading
}

/** One that may be changed. JSON too, which is YAML. */
export function readAnew(text: string): ReadDocument | Unreadable {
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', merge: true, prettyErrors: false, keepSourceTokens: true })
    const [error] = document.errors
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0])
      return { message: error.message, line: Math.max(1, line), column: Math.max(1, col) }
    }
    const definition: unknown = document.toJS({ maxAliasCount: 1000 })
    return {
      text, document, definition, list: readTasks(definition),
      placeOf(pointer) {
        const at = placeIn(document, pointer)
        if (at === undefined) return undefined
        const { line, col } = lines.linePos(at)
        return { line, column: col }
      },
    }
  } catch (error) {
    return { message: (error as Error).message, line: 1, column: 1 }
  }
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && String(key.value) === name)
}

export interface Found {
  node: unknown
  /** Where it is a member of a map. */
  pair: Pair | undefined
  /** It is reached through an alias: the text there is another place's too. */
  isShared: boolean
}

/** Undefined where there is no such place. */
export function find(document: Document.Parsed, pointer: string): Found | undefined {
  let found: Found = { node: document.contents, pair: undefined, isShared: false }
  for (const part of pointerParts(pointer)) {
    const isShared: boolean = found.isShared || isAlias(found.node)
    const node: unknown = isAlias(found.node) ? found.node.resolve(document) : found.node
    if (isMap(node)) {
      const pair = pairOf(node, part)
      if (pair === undefined) return undefined
      found = { node: pair.value, pair, isShared }
    } else if (isSeq(node) && node.items[Number(part)] !== undefined) found = { node: node.items[Number(part)], pair: undefined, isShared }
    else return undefined
  }
  return found
}

/** Its key's, where it has one. */
function placeIn(document: Document.Parsed, pointer: string): number | undefined {
  const found = find(document, pointer)
  const node = found?.pair?.key ?? found?.node
  return isNode(node) ? node.range?.[0] : undefined
}
