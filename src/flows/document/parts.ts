/** The members of a definition that mean the same wherever they stand: endpoints, durations, policies. Not what is only data, nor what users name. */
import { isMembers } from '../../lib/json/check.ts'
import { appendPointer } from '../../lib/json/pointer.ts'
import { isCallKind } from './form.ts'
import { listsOf, memberOf, type Members, type Task } from './tasks.ts'

/** `parent` is the name of what it stands in. */
export type Visit = (name: string, value: unknown, at: { pointer: string, parent: string }) => void

/** Data on its way to somebody else, and maps whose keys are anybody's. */
const data = new Set(['metadata', 'set', 'switch', 'emit', 'correlate', 'body', 'query', 'headers', 'parameters', 'arguments', 'environment', 'message', 'from', 'as', 'ports', 'volumes', 'variables'])

export function visitParts(definition: Members, visit: Visit): void {
  for (const name of ['input', 'output', 'timeout', 'schedule']) {
    if (definition[name] !== undefined) visitMember(name, definition[name], { pointer: `/${name}`, parent: '' }, visit)
  }
  for (const shelf of ['authentications', 'catalogs', 'errors', 'retries', 'timeouts']) {
    const entries = memberOf(definition.use, shelf)
    for (const [name, entry] of Object.entries(isMembers(entries) ? entries : {})) visitMembers(entry, { pointer: appendPointer(`/use/${shelf}`, name), parent: shelf }, visit)
  }
  for (const list of listsOf(definition)) for (const task of list.tasks) visitTask(task, visit)
}

function visitTask({ task, pointer, lists }: Task, visit: Visit): void {
  const inner = new Set(lists.map((list) => list.pointer))
  visitMembers(task, { pointer, parent: '' }, (name, value, at) => { if (!inner.has(at.pointer)) visit(name, value, at) }, (name, at) => inner.has(at) || (name === 'with' && task.call !== undefined && !isCallKind(task.call)))
}

type Skip = (name: string, pointer: string) => boolean

function visitMembers(value: unknown, { pointer, parent }: { pointer: string, parent: string }, visit: Visit, skip: Skip = () => false): void {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) visitMembers(item, { pointer: `${pointer}/${index}`, parent }, visit, skip)
  else if (isMembers(value)) for (const [name, member] of Object.entries(value)) visitMember(name, member, { pointer: appendPointer(pointer, name), parent }, visit, skip)
}

function visitMember(name: string, value: unknown, at: { pointer: string, parent: string }, visit: Visit, skip: Skip = () => false): void {
  if (skip(name, at.pointer)) return
  visit(name, value, at)
  // An event filter's attributes are data, as is a schema's text.
  const isData = data.has(name) || (name === 'with' && ['one', 'any', 'all', 'errors'].includes(at.parent)) || (name === 'document' && at.parent === 'schema') || (name === 'input' && at.parent === 'workflow')
  if (!isData) visitMembers(value, { pointer: at.pointer, parent: name }, visit, skip)
}
