/** Where tasks stand in a definition, by their references. */
import type { FlowDefinition, TaskDefinition, TaskList } from '../definition.ts'

export const listKinds = ['do', 'try', 'catch/do', 'fork/branches', 'foreach/do'] as const
export type ListKind = (typeof listKinds)[number]

export interface Place {
  reference: string
  name: string
  definition: TaskDefinition
  /** The list that it stands in: what of the task around it, its reference, and its tasks. */
  kind: ListKind
  prefix: string
  list: TaskList
  at: number
}

export function placeAt(list: TaskList, { kind, prefix, at }: { kind: ListKind, prefix: string, at: number }): Place | undefined {
  const [name, definition] = Object.entries(list[at] ?? {})[0] ?? []
  if (name === undefined || definition === undefined) return undefined
  return { reference: `${prefix}/${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, name, definition, kind, prefix, list, at }
}

/** The tasks on the way to one, itself the last; undefined where there is none. What stands within a call belongs to it. */
export function placesOf({ do: tasks }: FlowDefinition, reference: string): Place[] | undefined {
  const places: Place[] = []
  let lists: Partial<Record<ListKind, TaskList>> = { do: tasks }
  let done = ''
  while (done !== reference) {
    if (places.at(-1)?.definition.call !== undefined) return places
    const [part, kind, at] = /^\/(do|try|catch\/do|fork\/branches|foreach\/do)\/(\d+)\/[^/]+/.exec(reference.slice(done.length)) ?? []
    const list = lists[kind as ListKind]
    const place = list && placeAt(list, { kind: kind as ListKind, prefix: `${done}/${kind}`, at: Number(at) })
    if (place === undefined || place.reference !== done + part) return undefined
    places.push(place)
    done = place.reference
    lists = listsOf(place.definition)
  }
  return places
}

export function listsOf({ do: tasks, try: tried, catch: caught, fork, listen, foreach }: TaskDefinition): Partial<Record<ListKind, TaskList>> {
  return {
    ...tasks !== undefined && { do: tasks }, ...tried !== undefined && { try: tried }, ...caught?.do !== undefined && { 'catch/do': caught.do },
    ...fork !== undefined && { 'fork/branches': fork.branches }, ...listen !== undefined && foreach?.do !== undefined && { 'foreach/do': foreach.do },
  }
}
