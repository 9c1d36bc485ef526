/**
 * Whether a document has the form that the standard gives it, by the standard's own JSON Schema.
 *
 * Tasks are checked one by one, each against its own kind: a schema for all kinds at once could only say that none fits, and
 * takes twice as long with each level of nesting.
 */
import { readFileSync } from 'node:fs'
import { compileSchema, type SchemaCheck } from '../../lib/json/schema.ts'
import { isMembers } from '../../lib/json/check.ts'
import { isHubError } from '../../errors.ts'
import type { Report } from './finding.ts'
import { listsOf, taskKinds, type Members, type Task } from './tasks.ts'

const callKinds = ['asyncapi', 'grpc', 'http', 'openapi', 'a2a', 'mcp'] as const
export type CallKind = (typeof callKinds)[number]

export function isCallKind(call: unknown): call is CallKind {
  return (callKinds as readonly unknown[]).includes(call)
}

export function checkForm(definition: unknown, report: Report): void {
  const { document, task } = checks()
  apply(document, definition, '', report)
  if (!isMembers(definition)) return
  for (const list of listsOf(definition)) for (const each of list.tasks) checkTask(task, each, report)
}

function checkTask(checkOf: (kind: string) => SchemaCheck, { task, pointer, kind }: Task, report: Report): void {
  if (kind === undefined) {
    const near = Object.keys(task).length === 0 ? 'is empty' : 'does nothing'
    report({ severity: 'error', code: 'form', pointer, at: 'key', detail: `${near}: a task has one of ${taskKinds.join(', ')}` })
    return
  }
  apply(checkOf(kind === 'call' ? `call ${isCallKind(task.call) ? task.call : 'function'}` : kind), task, pointer, report)
}

function apply(check: SchemaCheck, value: unknown, base: string, report: Report): void {
  try {
    for (const { pointer, detail } of check(value)) report({ severity: 'error', code: 'form', pointer: base + pointer, detail: inWords(detail, pointer), at: /not a known property|name that is not taken/.test(detail) ? 'key' : 'value' })
  } catch (error) {
    if (!isHubError(error, 'invalid_document')) throw error
    report({ severity: 'error', code: 'form', pointer: base, detail: 'is too large to be checked' })
  }
}

/** Patterns are for machines. */
function inWords(detail: string, pointer: string): string {
  if (!detail.startsWith('must match ')) return detail
  if (detail.includes('\\$\\{')) return 'must be an expression: ${ … }'
  if (/\/(?:dsl|version)$/.test(pointer)) return 'must be a version such as 1.0.0'
  if (/\/(?:name|namespace)$/.test(pointer)) return 'must be letters, digits and hyphens, 63 at most, with no hyphen at either end'
  return detail
}

interface Checks { document: SchemaCheck, task(kind: string): SchemaCheck }

let made: Checks | undefined

/** Made when the first document comes: a hub without flows has no need of them. */
function checks(): Checks {
  if (made !== undefined) return made
  const schema = JSON.parse(readFileSync(new URL('./workflow.schema.json', import.meta.url), 'utf8')) as WorkflowSchema
  const { $defs } = schema
  relax(schema)
  const named = new Map<string, SchemaCheck>()
  const calls = callDefinitions($defs)
  const document = compileSchema(schema)
  made = {
    document,
    task(kind) {
      let check = named.get(kind)
      if (check === undefined) named.set(kind, check = compileSchema({ $defs: { ...$defs, ...calls }, $ref: `#/$defs/${definitionOf(kind)}` }))
      return check
    },
  }
  return made
}

interface WorkflowSchema extends Members { $defs: Record<string, Members>, properties: Record<string, { properties: Record<string, Members> }> }

/** What is looked after elsewhere: inner tasks one by one; durations and addresses, whose text is read by `values.ts`. */
function relax({ $defs, properties }: WorkflowSchema): void {
  const text = { type: 'string' }
  $defs['taskList'] = { type: 'array', items: { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: { type: 'object' } } }
  properties['use']!.properties['functions'] = { type: 'object', additionalProperties: { type: 'object' } }
  $defs['uriTemplate'] = text
  $defs['duration'] = { oneOf: [formsOf($defs['duration']!)[0], text] }
  const endpoint = formsOf($defs['endpoint']!).find(({ type }) => type === 'object')
  $defs['endpoint'] = { oneOf: [text, { ...endpoint, properties: { ...membersOf(endpoint!), uri: text } }] }
  Object.assign(membersOf($defs['error']!), { type: text, instance: text })
  Object.assign(membersOf($defs['eventProperties']!), { source: text, time: text, dataschema: text })
}

function formsOf({ oneOf }: Members): Members[] {
  return oneOf as Members[]
}

function membersOf({ properties }: Members): Members {
  return properties as Members
}

function callDefinitions({ callTask }: Record<string, Members>): Record<string, Members> {
  const forms = callTask!['oneOf'] as (Members & { allOf: { properties: { call: { const?: string } } }[] })[]
  return Object.fromEntries(forms.map((form) => [`call ${form.allOf[1]!.properties.call.const ?? 'function'}`, form]))
}

function definitionOf(kind: string): string {
  return kind.startsWith('call ') ? kind : `${kind}Task`
}

