/** What a document keeps under `use`, to be named by tasks. */
import { readTask, isMembers, memberOf, readList, type Members, type TaskList } from './tasks.ts'
import { escapePart } from '../../../lib/pointer.ts'

export const useKinds = ['functions', 'authentications', 'errors', 'retries', 'timeouts', 'catalogs'] as const
export type UseKind = (typeof useKinds)[number]
export type UseNames = Record<UseKind | 'secrets', string[]>

export interface Extension { name: string, pointer: string, definition: Members, before: TaskList, after: TaskList }

export interface Use {
  names: UseNames
  /** Each a task without a place in the flow. */
  functions: TaskList
  extensions: Extension[]
}

export function readUse(definition: unknown): Use {
  const use = memberOf(definition, 'use')
  const secrets = memberOf(use, 'secrets')
  return {
    names: { ...Object.fromEntries(useKinds.map((kind) => [kind, Object.keys(membersOf(use, kind))])) as Record<UseKind, string[]>, secrets: Array.isArray(secrets) ? secrets.map(String) : [] },
    functions: functionsOf(membersOf(use, 'functions')), extensions: extensionsOf(memberOf(use, 'extensions')),
  }
}

function membersOf(use: unknown, kind: UseKind): Members {
  const given = memberOf(use, kind)
  return isMembers(given) ? given : {}
}

function functionsOf(functions: Members): TaskList {
  const list: TaskList = { pointer: '/use/functions', role: 'functions', tasks: [] }
  for (const [index, [name, value]] of Object.entries(functions).entries()) list.tasks.push(readTask(value, { name, pointer: `${list.pointer}/${escapePart(name)}`, parent: undefined, list, index }))
  return list
}

function extensionsOf(extensions: unknown): Extension[] {
  return (Array.isArray(extensions) ? extensions as unknown[] : []).flatMap((item, at) => Object.entries(isMembers(item) ? item : {}).slice(0, 1).map(([name, value]) => {
    const pointer = `/use/extensions/${at}/${escapePart(name)}`
    const list = (role: 'before' | 'after'): TaskList => readList(memberOf(value, role), { pointer: `${pointer}/${role}`, role, parent: undefined })
    return { name, pointer, definition: isMembers(value) ? value : {}, before: list('before'), after: list('after') }
  }))
}

/** All lists of tasks but the flow's own. */
export const listsOfUse = ({ functions, extensions }: Use): TaskList[] => [functions, ...extensions.flatMap(({ before, after }) => [before, after])]
