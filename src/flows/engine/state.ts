/**
 * A run's state as text, and back. All values of the frames stand in a list beside them, each once; of large ones there is only where they are kept.
 * So nothing that a flow's data may hold can be taken for a frame or a reference.
 */
import type { RunState } from './frame.ts'
import { writeWithout, type LargeValues } from './large.ts'
import { Value } from './value.ts'

interface StoredValue { json: unknown, large?: { path: (string | number)[], id: string }[] }
interface StoredText { state: unknown, values: StoredValue[] }

function writeStored(value: unknown, large: Pick<LargeValues, 'find'>, missing: (object | string)[]): string {
  const { json, parts } = writeWithout(value, () => 'null')
  const ids = parts.map(({ path, part }) => {
    const reference = large.find(part)
    if (reference === undefined) missing.push(part)
    return { path, id: reference?.$blob.id }
  })
  return `{"json":${json}${ids.length > 0 ? `,"large":${JSON.stringify(ids)}` : ''}}`
}

async function readStored({ json, large: parts = [] }: StoredValue, large: Pick<LargeValues, 'read'>): Promise<unknown> {
  let value = json
  for (const { path, id } of parts) value = put(value, path, await large.read(id))
  return value
}

/** One value by itself, its large parts stored. */
export async function writeValue(value: unknown, large: Pick<LargeValues, 'find' | 'store'>): Promise<string> {
  for (;;) {
    const missing: (object | string)[] = []
    const text = writeStored(value, large, missing)
    if (missing.length === 0) return text
    for (const part of missing) await large.store(part)
  }
}

export async function readValue(text: string, large: Pick<LargeValues, 'read'>): Promise<unknown> {
  return readStored(JSON.parse(text) as StoredValue, large)
}

/** Undefined where large parts must be stored first: those are added to `missing`. */
export function writeState(state: RunState, large: Pick<LargeValues, 'find'>, missing: (object | string)[]): string | undefined {
  const places = new Map<unknown, number>()
  const values: string[] = []
  const place = ({ of }: Value): number => {
    const known = places.get(of)
    if (known !== undefined) return known
    values.push(writeStored(of, large, missing))
    places.set(of, values.length - 1)
    return values.length - 1
  }
  const frames = JSON.stringify(state, (_key, each: unknown) => (each instanceof Value ? { $v: place(each) } : each))
  return missing.length > 0 ? undefined : `{"state":${frames},"values":[${values.join(',')}]}`
}

export async function readState(text: string, large: (known: Record<string, string>) => Pick<LargeValues, 'read'>): Promise<RunState> {
  const { state, values } = JSON.parse(text) as StoredText
  const store = large((state as RunState).large)
  const read: Value[] = []
  for (const value of values) read.push(new Value(await readStored(value, store)))
  return restore(state, read) as RunState
}

function put(root: unknown, path: (string | number)[], value: unknown): unknown {
  const last = path.at(-1)
  if (last === undefined) return value
  const holder = path.slice(0, -1).reduce((each: unknown, key) => (each as Record<string | number, unknown>)[key], root)
  Object.defineProperty(holder, last, { value, writable: true, enumerable: true, configurable: true })
  return root
}

function restore(each: unknown, values: Value[]): unknown {
  if (typeof each !== 'object' || each === null) return each
  if ('$v' in each) return values[each.$v as number]!
  for (const [key, member] of Object.entries(each)) (each as Record<string, unknown>)[key] = restore(member, values)
  return each
}
