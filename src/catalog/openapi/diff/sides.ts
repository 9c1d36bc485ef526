import { isObject } from '../normalise/reading.ts'
import { targetOf } from '../normalise/references.ts'
import { valueAt } from '../pointer.ts'
import type { DocumentChange, Json } from '../types.ts'

/** Two documents in normal form, and what is the same in both without a closer look. */
export interface Sides {
  before: Json
  after: Json
  /** Pointers of components that are equal in both, with all that they refer to. */
  same: Set<string>
}

/** A change as it is found. `says` is what a person reads. */
export type Report = (says: string, breaking: boolean) => void

const maxChanges = 40

/** Collects changes of one thing; past a number of them the rest is only counted. */
export function collector(): { changes: DocumentChange[], report: Report } {
  const changes: DocumentChange[] = []
  let unsaid = 0
  return {
    get changes() { return unsaid === 0 ? changes : [...changes, { sentence: `${unsaid} more changes`, breaking: changes.some(({ breaking }) => breaking) }] },
    report(sentence, breaking) {
      if (changes.length >= maxChanges) unsaid++
      else if (!changes.some(change => change.sentence === sentence)) changes.push({ sentence, breaking })
    },
  }
}

export function sidesOf(before: Json, after: Json): Sides {
  return { before, after, same: sameComponents(before, after) }
}

export function behind(document: Json, value: unknown): unknown {
  let current = value
  for (let hops = 0; hops < 20 && isObject(current) && typeof current['$ref'] === 'string'; hops++) current = valueAt(document, targetOf(current['$ref']))
  return current
}

/** Whether a part of both documents is equal with all that it refers to. */
export function isSame({ same }: Sides, before: unknown, after: unknown): boolean {
  const text = JSON.stringify(before)
  if (text !== JSON.stringify(after)) return false
  return text === undefined || referencesIn(text).every(pointer => same.has(pointer))
}

function sameComponents(before: Json, after: Json): Set<string> {
  const [texts, others] = [componentTexts(before), componentTexts(after)]
  const same = new Set<string>()
  const users = new Map<string, string[]>()
  const changed: string[] = []
  for (const [pointer, text] of texts) {
    if (others.get(pointer) === text) same.add(pointer)
    for (const target of referencesIn(text)) users.set(target, [...users.get(target) ?? [], pointer])
  }
  for (const target of new Set([...texts.keys(), ...users.keys()])) if (!same.has(target)) changed.push(target)
  for (let pointer = changed.pop(); pointer !== undefined; pointer = changed.pop()) {
    for (const user of users.get(pointer) ?? []) if (same.delete(user)) changed.push(user)
  }
  return same
}

function componentTexts(document: Json): Map<string, string> {
  const texts = new Map<string, string>()
  const components = isObject(document['components']) ? document['components'] : {}
  for (const [section, entries] of Object.entries(components)) {
    if (!isObject(entries)) continue
    for (const name of Object.keys(entries)) texts.set(componentOf(`/components/${section}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`), JSON.stringify(entries[name]))
  }
  return texts
}

/** The components that a part refers to, also where only to something within them. A reference elsewhere is never the same. */
function referencesIn(text: string): string[] {
  return [...text.matchAll(/"\$ref":"#([^"]*)"/g)].map(([, fragment]) => componentOf(targetOf(`#${fragment ?? ''}`)))
}

function componentOf(pointer: string): string {
  return pointer.split('/').slice(0, 4).join('/')
}
