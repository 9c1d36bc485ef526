/**
 * What graph and forms do to the text. Each change is made in place, and read again: where the outcome is not exactly
 * what was meant, the parser's own writer does it (which keeps comments, but not the layout), and where even that fails,
 * or an alias would carry the change elsewhere, nothing is changed.
 */
import { isAlias, isMap, isSeq, type Document } from 'yaml'
import { directives, isMembers, type Members } from '../graph/tasks.ts'
import { escapePart, pointerParts } from '../../../lib/pointer.ts'
import { addItem, addMember, linesOfItem, moveLines, removeItem, removeMember, renameMember, replaceValue, type ItemLines } from './primitive.ts'
import { find, isReadable, readAnew, readDocument, type ReadDocument } from './read.ts'

/** Undefined where it cannot be done. */
export type Edited = string | undefined

interface Change {
  place(read: ReadDocument): string | undefined
  /** What the document says afterwards. */
  meant(definition: unknown): unknown
  /** The same by the parser's means. */
  write(document: Document.Parsed): void
  /** What must not be reached through an alias. */
  pointer: string
}

function change(text: string, { place, meant, write, pointer }: Change): Edited {
  const read = readDocument(text)
  if (!isReadable(read) || find(read.document, pointer)?.isShared === true) return undefined
  const wanted = meant(structuredClone(read.definition))
  const placed = attempt(() => place(read))
  if (placed !== undefined && says(placed, wanted)) return placed
  const written = attempt(() => {
    const { document } = readAnew(text) as ReadDocument
    write(document)
    return document.toString({ lineWidth: 0 })
  })
  return written !== undefined && says(written, wanted) ? written : undefined
}

function attempt(work: () => string | undefined): string | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

function says(text: string, wanted: unknown): boolean {
  const read = readDocument(text)
  return isReadable(read) && isSame(read.definition, wanted)
}

export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((each, index) => isSame(each, other[index]))
  if (!isMembers(one) || !isMembers(other)) return false
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
}

/** Sets what stands at a place, as little as differs; undefined takes it away. What is missing around it is made. */
export function setValue(text: string, pointer: string, value: unknown): Edited {
  const read = readDocument(text)
  if (!isReadable(read)) return undefined
  return setWithin(text, pointer, { before: valueAt(read.definition, pointer), after: value })
}

function setWithin(text: string, pointer: string, { before, after }: { before: unknown, after: unknown }): Edited {
  if (isSame(before, after)) return text
  if (isAliasAt(text, pointer)) return setWhole(text, pointer, after)
  if (isMembers(before) && isMembers(after) && Object.keys(after).length > 0) return setMembers(text, pointer, before, after)
  if (Array.isArray(before) && Array.isArray(after) && before.length > 0 && after.length > 0) return setItems(text, pointer, before, after)
  return setWhole(text, pointer, after)
}

/** What an alias stands for is another place's: the alias itself is replaced. */
function isAliasAt(text: string, pointer: string): boolean {
  const read = readDocument(text)
  return isReadable(read) && isAlias(find(read.document, pointer)?.node)
}

function setMembers(text: string, pointer: string, before: Members, after: Members): Edited {
  const names = [...Object.keys(after), ...Object.keys(before).filter((name) => !Object.hasOwn(after, name))]
  return names.reduce<Edited>((done, name) => (done === undefined ? undefined : setWithin(done, `${pointer}/${escapePart(name)}`, { before: before[name], after: after[name] })), text)
}

/** What begins and ends alike stays. */
function setItems(text: string, pointer: string, before: unknown[], after: unknown[]): Edited {
  const most = Math.min(before.length, after.length)
  let from = 0
  while (from < most && isSame(before[from], after[from])) from += 1
  let same = 0
  while (same < most - from && isSame(before[before.length - 1 - same], after[after.length - 1 - same])) same += 1
  const old = before.length - same
  const now = after.length - same
  let done: Edited = text
  for (let at = from; at < Math.min(old, now); at += 1) done = done && setWithin(done, `${pointer}/${at}`, { before: before[at], after: after[at] })
  for (let at = old; at < now; at += 1) done = done && insertItem(done, pointer, at, after[at])
  for (let at = old - 1; at >= now; at -= 1) done = done && dropItem(done, pointer, at)
  return done
}

function setWhole(text: string, pointer: string, value: unknown): Edited {
  const parts = pointerParts(pointer)
  const name = parts.at(-1)!
  const parent = pointer.slice(0, pointer.lastIndexOf('/'))
  return change(text, {
    pointer: existing(text, value === undefined ? parent : pointer),
    place(read) {
      if (value === undefined) return removeMember(read, pointer)
      if (find(read.document, pointer) !== undefined) return replaceValue(read, pointer, value)
      const around = existingIn(read, parent)
      const missing = pointerParts(pointer).slice(pointerParts(around).length)
      const { node } = find(read.document, around) ?? {}
      const [first = name, ...inner] = missing
      const wrapped = inner.reduceRight<unknown>((within, part) => ({ [part]: within }), value)
      return isMap(node) && node.items.length > 0 ? addMember(read, around, first, wrapped) : replaceValue(read, around, { [first]: wrapped })
    },
    meant: (definition) => withValue(definition, parts, value),
    write(document) {
      if (value === undefined) document.deleteIn(steps(document, parts))
      else document.setIn(steps(document, parts), document.createNode(value))
    },
  })
}

const existingIn = (read: ReadDocument, pointer: string): string => (pointer === '' || find(read.document, pointer) !== undefined ? pointer : existingIn(read, pointer.slice(0, pointer.lastIndexOf('/'))))

function existing(text: string, pointer: string): string {
  const read = readDocument(text)
  return isReadable(read) ? existingIn(read, pointer) : ''
}

/** As the parser's own functions take it: numbers in lists. */
function steps(document: Document.Parsed, parts: string[]): (string | number)[] {
  return parts.map((part, index) => (isSeq(document.getIn(parts.slice(0, index), true)) || isSeq(find(document, `/${parts.slice(0, index).map(escapePart).join('/')}`)?.node) ? Number(part) : part))
}

export function valueAt(definition: unknown, pointer: string): unknown {
  return pointerParts(pointer).reduce<unknown>((value, part) => (Array.isArray(value) ? value[Number(part)] : isMembers(value) && Object.hasOwn(value, part) ? value[part] : undefined), definition)
}

/** Changes the value that it is given: what aliases share in it is changed for all, as in the text. */
function withValue(definition: unknown, [first, ...rest]: string[], value: unknown): unknown {
  if (first === undefined) return value
  const holder = Array.isArray(definition) || isMembers(definition) ? definition as Members : {}
  const next = withValue(holder[first], rest, value)
  if (next === undefined) delete holder[first]
  else holder[first] = next
  return holder
}

/** Likewise. */
function withItems(definition: unknown, pointer: string, splice: (list: unknown[]) => void): unknown {
  splice(listIn(definition, pointer))
  return definition
}

function listIn(definition: unknown, pointer: string): unknown[] {
  const list = valueAt(definition, pointer)
  return Array.isArray(list) ? list : []
}

/** An item before the one that is at `index`. The list is made where there is none. */
export function insertItem(text: string, pointer: string, index: number, value: unknown): Edited {
  return insert(text, pointer, index, { value })
}

function insert(text: string, pointer: string, index: number, item: { value: unknown, lines?: ItemLines | undefined }): Edited {
  const read = readDocument(text)
  if (!isReadable(read)) return undefined
  if (listIn(read.definition, pointer).length === 0) {
    const made = setWhole(text, pointer, [item.value])
    return made
  }
  return change(text, {
    pointer,
    place: (now) => (item.lines === undefined ? undefined : addItem(now, pointer, index, item.lines)) ?? addItem(now, pointer, index, { value: item.value }),
    meant: (definition) => withItems(definition, pointer, (list) => { list.splice(index, 0, item.value) }),
    write(document) { (find(document, pointer)!.node as { items: unknown[] }).items.splice(index, 0, document.createNode(item.value)) },
  })
}

export function dropItem(text: string, pointer: string, index: number): Edited {
  return change(text, {
    pointer,
    place: (read) => removeItem(read, pointer, index),
    meant: (definition) => withItems(definition, pointer, (list) => { list.splice(index, 1) }),
    write(document) { (find(document, pointer)!.node as { items: unknown[] }).items.splice(index, 1) },
  })
}

export interface ListPlace { pointer: string, index: number }

/** `to.index`: in the list as it is without the item. The lines move as they are written, comments included. */
export function moveItem(text: string, from: ListPlace, to: ListPlace): Edited {
  const read = readDocument(text)
  if (!isReadable(read) || to.pointer.startsWith(`${from.pointer}/${from.index}/`)) return undefined
  const atOnce = attempt(() => movedLines(read, from, to))
  if (atOnce !== undefined && says(atOnce, movedItem(structuredClone(read.definition), from, to))) return atOnce
  const value = listIn(read.definition, from.pointer)[from.index]
  const lines = linesOfItem(read, from.pointer, from.index)
  const without = dropItem(text, from.pointer, from.index)
  return without === undefined ? undefined : insert(without, pointerAfter(to.pointer, from), to.index, { value, lines })
}

/** Where both lists have a line for each item: taken out and put in within one text. */
function movedLines(read: ReadDocument, from: ListPlace, to: ListPlace): Edited {
  if (listIn(read.definition, from.pointer).length === 1 || [from.pointer, to.pointer].some((pointer) => find(read.document, pointer)?.isShared !== false)) return undefined
  return moveLines(read, from, { pointer: to.pointer, index: to.pointer === from.pointer && to.index >= from.index ? to.index + 1 : to.index })
}

function movedItem(definition: unknown, from: ListPlace, to: ListPlace): unknown {
  const [item] = listIn(definition, from.pointer).splice(from.index, 1)
  listIn(definition, pointerAfter(to.pointer, from)).splice(to.index, 0, item)
  return definition
}

/** Where a place is once an item before it is gone. */
export function pointerAfter(pointer: string, { pointer: list, index }: ListPlace): string {
  const [head, rest] = [`${list}/`, pointer.slice(list.length + 1)]
  const [at, ...below] = rest.split('/')
  return pointer.startsWith(head) && Number(at) > index ? [list, String(Number(at) - 1), ...below].join('/') : pointer
}

/** With whatever beside it names it by `then`. Undefined also where another has that name. */
export function renameTask(text: string, list: string, index: number, name: string): Edited {
  const read = readDocument(text)
  if (!isReadable(read)) return undefined
  const items = listIn(read.definition, list)
  const [old] = Object.keys(isMembers(items[index]) ? items[index] : {})
  if (old === undefined || items.some((item, at) => at !== index && isMembers(item) && Object.hasOwn(item, name))) return undefined
  if (old === name) return text
  const pointer = `${list}/${index}/${escapePart(old)}`
  const renamed = renameKey(text, pointer, name)
  if ((directives as readonly string[]).includes(old)) return renamed
  return thensOf(items, { list, from: old, to: name }).reduce<Edited>((done, each) => (done === undefined ? undefined : setWhole(done, each, name)), renamed)
}

/** Another name for a member, which keeps its place. */
export function renameKey(text: string, pointer: string, name: string): Edited {
  const parts = pointerParts(pointer)
  return change(text, {
    pointer,
    place: (now) => renameMember(now, pointer, name),
    meant(definition) {
      const holder = valueAt(definition, pointer.slice(0, pointer.lastIndexOf('/'))) as Members
      return withValue(definition, parts.slice(0, -1), Object.fromEntries(Object.entries(holder).map(([key, value]) => [key === parts.at(-1) ? name : key, value])))
    },
    write(document) { (find(document, pointer)!.pair as { key: unknown }).key = document.createNode(name) },
  })
}

/** Where `then` names a task, in tasks beside it and their cases; the one that is renamed is named anew there already. */
function thensOf(items: unknown[], { list, from, to }: { list: string, from: string, to: string }): string[] {
  return items.flatMap((item, index) => {
    const [name] = Object.keys(isMembers(item) ? item : {})
    if (name === undefined) return []
    const task = (item as Members)[name]
    const base = `${list}/${index}/${escapePart(name === from ? to : name)}`
    const cases = isMembers(task) && Array.isArray(task['switch']) ? task['switch'] as unknown[] : []
    return [
      ...isMembers(task) && task['then'] === from ? [`${base}/then`] : [],
      ...cases.flatMap((each, at) => Object.entries(isMembers(each) ? each : {}).flatMap(([key, value]) => (isMembers(value) && value['then'] === from ? [`${base}/switch/${at}/${escapePart(key)}/then`] : []))),
    ]
  })
}

/** A name that no task of the list has: `fetch`, `fetch2`. */
export function freeName(taken: string[], wanted: string): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}${count}`
    if (!taken.includes(name) && !(directives as readonly string[]).includes(name)) return name
  }
}
