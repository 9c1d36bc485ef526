/** Which fields a task of each kind has. `path` is from the task. What no field shows is edited in the text. */
import { memberOf, type Task } from '../graph/tasks.ts'
import { texts } from '../texts.ts'

/** What `.` means in an expression there: see `sample/`. */
export type Moment = 'raw' | 'input' | 'output'

export interface Field {
  path: string
  label: string
  help?: string
  /** `jq`: a program without `${ }`. `value`: anything, as YAML. `map`: names with values. `next`: a task, or where a list is left to. */
  as: 'text' | 'code' | 'jq' | 'value' | 'map' | 'number' | 'switch' | 'next' | { choices: readonly string[] }
  moment?: Moment
  placeholder?: string
}

const { fields: labels, fieldHelp: help } = texts
const field = (path: string, label: string, as: Field['as'], more: Omit<Field, 'path' | 'label' | 'as'> = {}): Field => ({ path, label, as, ...more })

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const
const outputs = ['content', 'raw', 'response'] as const
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

function callFields({ call }: Task['definition']): Field[] {
  if (call === 'http') {
    return [
      field('/with/method', labels.method, { choices: methods }), field('/with/endpoint', labels.endpoint, 'value', { help: help.endpoint }), field('/with/headers', labels.headers, 'map'), field('/with/query', labels.query, 'map'), field('/with/body', labels.body, 'value'),
      field('/with/output', labels.answer, { choices: outputs }), field('/with/redirect', labels.redirect, 'switch'),
    ]
  }
  if (call === 'openapi') return [field('/with/document', labels.document, 'value'), field('/with/operationId', labels.operationId, 'text'), field('/with/parameters', labels.parameters, 'map'), field('/with/output', labels.answer, { choices: outputs })]
  return [field('/call', labels.calls, 'text', { help: help.calls }), field('/with', labels.with, 'map')]
}

function catchFields(): Field[] {
  return [
    field('/catch/errors/with', labels.errorsWith, 'map', { help: help.errorsWith }), field('/catch/as', labels.errorAs, 'text', { placeholder: 'error' }), field('/catch/when', labels.when, 'jq'), field('/catch/exceptWhen', labels.exceptWhen, 'jq'),
    field('/catch/retry', labels.retry, 'value', { help: help.retry }),
  ]
}

function ownFields({ kind, definition }: Task): Field[] {
  switch (kind) {
    case 'set': return [field('/set', labels.set, 'map', { help: help.set })]
    case 'call': return callFields(definition)
    case 'for': return [field('/for/in', labels.in, 'jq', { help: help.in }), field('/for/each', labels.each, 'text', { placeholder: 'item' }), field('/for/at', labels.at, 'text', { placeholder: 'index' }), field('/while', labels.while, 'jq')]
    case 'fork': return [field('/fork/compete', labels.compete, 'switch', { help: help.compete })]
    case 'wait': return [field('/wait', labels.duration, 'value', { help: help.duration })]
    case 'emit': return [field('/emit/event/with', labels.event, 'map', { help: help.event })]
    case 'listen': return [field('/listen/to', labels.to, 'value', { help: help.to }), field('/listen/read', labels.read, { choices: ['data', 'envelope', 'raw'] })]
    case 'raise': return [field('/raise/error', labels.error, typeof memberOf(definition['raise'], 'error') === 'string' ? 'text' : 'map', { help: help.error })]
    case 'run': return runFields(definition)
    case 'try': return catchFields()
    default: return []
  }
}

const common: Field[] = [
  field('/if', labels.if, 'jq', { help: help.if, moment: 'raw' }),
  field('/input/from', labels.from, 'value', { help: help.from, moment: 'raw' }),
  field('/output/as', labels.as, 'value', { help: help.as, moment: 'output' }),
  field('/export/as', labels.export, 'value', { help: help.export, moment: 'output' }),
  field('/timeout/after', labels.timeout, 'value', { help: help.duration }),
  field('/then', labels.next, 'next', { help: help.next }),
]

/** Those of its kind, and those that every task has. */
export function fieldsOf(task: Task): { own: Field[], common: Field[] } {
  return { own: ownFields(task), common }
}
