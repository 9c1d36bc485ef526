/** Renaming what a document keeps under `use`, with all that names it. */
import { allTasks, isMembers, memberOf, type TaskList } from '../graph/tasks.ts'
import { escapePart } from '../../../lib/pointer.ts'
import { listsOfUse, readUse, type UseKind } from '../graph/use.ts'
import { renameKey, setValue, valueAt, type Edited } from './edits.ts'
import { isReadable, readDocument } from './read.ts'

const endpoints = ['/with/endpoint', '/with/document/endpoint', '/with/proto/endpoint', '/with/agentCard/endpoint', '/with/server', '/with/transport/http/endpoint']

/** Where tasks name something of a kind, from the task. What a catalog holds is called by `name:version@catalog`. */
const places: Record<UseKind, string[]> = {
  functions: ['/call'], errors: ['/raise/error'], retries: ['/catch/retry'], timeouts: ['/timeout'],
  catalogs: ['/call'],
  authentications: ['/with/authentication/use', '/with/service/authentication/use', ...endpoints.map((each) => `${each}/authentication/use`)],
}

/** Undefined also where another of the kind has that name. */
export function renameUse(text: string, kind: UseKind, { from, to }: { from: string, to: string }): Edited {
  const read = readDocument(text)
  const all = isReadable(read) ? memberOf(memberOf(read.definition, 'use'), kind) : undefined
  if (!isReadable(read) || !isMembers(all) || !Object.hasOwn(all, from) || Object.hasOwn(all, to)) return undefined
  const lists: TaskList[] = [read.list, ...listsOfUse(readUse(read.definition))]
  const named = ['', ...lists.flatMap(allTasks).map(({ pointer }) => pointer)].flatMap((pointer) => places[kind].map((place) => pointer + place)).flatMap((pointer) => {
    const value = valueAt(read.definition, pointer)
    return typeof value === 'string' && (kind === 'catalogs' ? value.endsWith(`@${from}`) : value === from) ? [{ pointer, name: `${value.slice(0, -from.length)}${to}` }] : []
  })
  const renamed = named.reduce<Edited>((done, { pointer, name }) => (done === undefined ? undefined : setValue(done, pointer, name)), text)
  return renamed === undefined ? undefined : renameKey(renamed, `/use/${kind}/${escapePart(from)}`, to)
}
