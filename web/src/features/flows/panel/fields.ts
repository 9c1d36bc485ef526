/** Which fields a task of each kind has. */
import { isMembers, memberOf, type Task } from '../graph/tasks.ts'
import type { UseNames } from '../graph/use.ts'
import { texts } from '../texts.ts'
import { callFields } from './call-fields.ts'
import { field, type Field } from './field.ts'
import { errorFields, errorTypes, retryFields } from './use-fields.ts'

const { fields: labels, fieldHelp: help } = texts
const languages = ['javascript', 'python'] as const

function runFields({ run }: Task['definition']): Field[] {
  const process = [field('/run/await', labels.await, 'switch'), field('/run/return', labels.return, { choices: ['stdout', 'stderr', 'code', 'all', 'none'] })]
  if (memberOf(run, 'workflow') !== undefined) return [field('/run/workflow/namespace', labels.namespace, 'text'), field('/run/workflow/name', labels.name, 'text'), field('/run/workflow/version', labels.version, 'text'), field('/run/workflow/input', labels.input, 'map'), field('/run/await', labels.await, 'switch')]
  if (memberOf(run, 'shell') !== undefined) return [field('/run/shell/command', labels.command, 'text'), field('/run/shell/arguments', labels.arguments, 'value'), field('/run/shell/environment', labels.environment, 'map'), ...process]
  if (memberOf(run, 'container') !== undefined) return [field('/run/container/image', labels.image, 'text'), field('/run/container/command', labels.command, 'text'), field('/run/container/environment', labels.environment, 'map'), ...process]
  return [field('/run/script/language', labels.language, { choices: languages }), field('/run/script/code', labels.code, 'code'), field('/run/script/arguments', labels.arguments, 'value'), field('/run/script/environment', labels.environment, 'map'), ...process]
}

/** Not a URI, not a function of a catalog. */
export const isOperation = (call: unknown): call is string => typeof call === 'string' && call.includes('/') && !/^[a-z]+:\/\//i.test(call) && !call.includes('@')

function catchFields({ catch: caught }: Task['definition']): Field[] {
  return [
    field('/catch/errors/with', labels.errorsWith, 'map', { help: help.errorsWith }), field('/catch/as', labels.errorAs, 'text', { placeholder: 'error' }), field('/catch/when', labels.when, 'jq', { moment: 'caught' }), field('/catch/exceptWhen', labels.exceptWhen, 'jq', { moment: 'caught' }),
    field('/catch/retry', labels.retry, { reusable: 'retries', start: { delay: { seconds: 2 }, limit: { attempt: { count: 3 } } } }),
    ...isMembers(memberOf(caught, 'retry')) ? retryFields('/catch/retry', memberOf(caught, 'retry')) : [],
  ]
}

function ownFields({ kind, definition }: Task, names: UseNames): Field[] {
  switch (kind) {
    case 'set': return [field('/set', labels.set, 'map', { help: help.set })]
    case 'call': return callFields(definition, names)
    case 'for': return [field('/for/in', labels.in, 'jq', { help: help.in }), field('/for/each', labels.each, 'text', { placeholder: 'item' }), field('/for/at', labels.at, 'text', { placeholder: 'index' }), field('/while', labels.while, 'jq', { moment: 'round' })]
    case 'fork': return [field('/fork/compete', labels.compete, 'switch', { help: help.compete })]
    case 'wait': return [field('/wait', labels.duration, 'duration', { help: help.duration })]
    case 'emit': return [field('/emit/event/with', labels.event, 'map', { help: help.event })]
    case 'listen': return [field('/listen/to', labels.to, 'value', { help: help.to }), field('/listen/read', labels.read, { choices: ['data', 'envelope', 'raw'] })]
    case 'raise': return [field('/raise/error', labels.error, { reusable: 'errors', start: { type: errorTypes[0], status: 500, title: '' } }), ...isMembers(memberOf(definition['raise'], 'error')) ? errorFields('/raise/error') : []]
    case 'run': return runFields(definition)
    case 'try': return catchFields(definition)
    default: return []
  }
}

const common: Field[] = [
  field('/if', labels.if, 'jq', { help: help.if, moment: 'raw' }),
  field('/input/from', labels.from, 'value', { help: help.from, moment: 'raw' }),
  field('/output/as', labels.as, 'value', { help: help.as, moment: 'output' }),
  field('/export/as', labels.export, 'value', { help: help.export, moment: 'exported' }),
  field('/timeout', labels.timeout, { reusable: 'timeouts', start: { after: { minutes: 1 } } }),
  field('/timeout/after', labels.timeoutAfter, 'duration', { help: help.duration }),
  field('/then', labels.next, 'next', { help: help.next }),
]

/** Those of its kind, and those that every task has. A function is no step of a list: nothing follows it. */
export function fieldsOf(task: Task, names: UseNames): { own: Field[], common: Field[] } {
  const isInline = isMembers(task.definition['timeout'])
  return { own: ownFields(task, names), common: common.filter(({ path }) => (path !== '/timeout/after' || isInline) && (path !== '/then' || task.list.role !== 'functions')) }
}
