/** The jq of a document: found wherever the standard takes expressions, compiled, and held against the variables that it has there. */
import { isHubError } from '../../errors.ts'
import { isMembers } from '../../lib/json/check.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { readProgram } from '../../lib/jq/program.ts'
import { appendPointer } from '../../lib/json/pointer.ts'
import { onlyProgram, partsOf } from '../expressions/parts.ts'
import type { Report } from './finding.ts'
import { nearest } from './nearest.ts'
import { catchVariable, iteratorVariables, listsOf, loopVariables, memberOf, type Members, type Task } from './tasks.ts'

/** Of one program: where it stands, and what it may name. */
interface Expression {
  program: string
  pointer: string
  /** Names that mean something there. */
  given: string[]
  /** What a loop, a catch or an iterator around it binds. */
  bound: string[]
}

const everywhere = ['context', 'input', 'output', 'secrets', 'authorization', 'task', 'workflow', 'runtime']
/** As the standard's table has it. */
const givenIn = {
  workflowInput: ['secrets', 'workflow', 'runtime'],
  workflowOutput: ['context', 'secrets', 'workflow', 'runtime'],
  taskInput: ['context', 'secrets', 'task', 'workflow', 'runtime'],
  task: ['context', 'input', 'secrets', 'task', 'workflow', 'runtime', 'authorization'],
  taskOutput: ['context', 'input', 'secrets', 'task', 'workflow', 'runtime', 'authorization'],
  taskExport: everywhere,
  /** There is no run yet. */
  schedule: [],
  event: ['context', 'input', 'secrets', 'workflow', 'runtime'],
}

/** More are an attack on those who compile them. */
const MOST_EXPRESSIONS = 5_000
const AT_ONCE = 8

export interface ExpressionsDeps { jq: Jq, batchKey: string }

export async function checkExpressions(definition: Members, report: Report, { jq, batchKey }: ExpressionsDeps): Promise<void> {
  const found = new Finder(definition).find()
  if (found.length > MOST_EXPRESSIONS) {
    report({ severity: 'error', code: 'expression', pointer: '', detail: `has more than ${MOST_EXPRESSIONS} expressions` })
    return
  }
  const secrets = memberOf(definition.use, 'secrets')
  const declared = Array.isArray(secrets) ? secrets.filter((each) => typeof each === 'string') : []
  const outcomes = new Map<string, Promise<string | undefined>>()
  for (let at = 0; at < found.length; at += AT_ONCE) {
    await Promise.all(found.slice(at, at + AT_ONCE).map(async (each) => {
      const variables = [...everywhere, ...each.bound]
      const key = `${variables.join(',')}\n${each.program}`
      let outcome = outcomes.get(key)
      if (outcome === undefined) outcomes.set(key, outcome = compile(jq, each.program, { variables, batchKey }))
      reportOn(each, await outcome, { report, declared, variables })
    }))
  }
}

async function compile(jq: Jq, program: string, options: { variables: string[], batchKey: string }): Promise<string | undefined> {
  try {
    await jq.check(program, options)
    return undefined
  } catch (error) {
    if (isHubError(error, 'invalid_expression') || isHubError(error, 'expression_timeout')) return error.message
    throw error
  }
}

interface Judging { report: Report, declared: string[], variables: string[] }

function reportOn({ program, pointer, given, bound }: Expression, failure: string | undefined, { report, declared, variables }: Judging): void {
  if (failure !== undefined) {
    const [, variable] = /^\$(\w+) is not defined/.exec(failure) ?? []
    if (variable === undefined) report({ severity: 'error', code: 'expression', pointer, detail: `is no valid jq: ${failure}` })
    else report({ severity: 'error', code: 'unknown_variable', pointer, detail: `names a variable that is not there: ${failure}${nearest(variable, variables)}` })
    return
  }
  for (const variable of readProgram(program).variables) {
    if (!everywhere.includes(variable) || given.includes(variable) || bound.includes(variable)) continue
    report({ severity: 'warning', code: 'empty_variable', pointer, detail: `names $${variable}, which is null here` })
  }
  for (const [, dotted, quoted] of program.matchAll(/\$secrets\s*(?:\.\s*([A-Za-z_]\w*)|\.?\s*\[?\s*"([^"\\]+)"\s*\]?)/g)) {
    const secret = (dotted ?? quoted)!
    if (!declared.includes(secret)) report({ severity: 'error', code: 'unknown_credential', pointer, detail: `names a secret that use.secrets does not declare: "${secret}"${nearest(secret, declared)}` })
  }
}

/** Members of a task, as pointers from it, that hold jq with or without `${ }` around it; and which variables it has there. */
const bareMembers: [pattern: RegExp, place: keyof typeof givenIn][] = [
  [/^\/(?:if|input\/from)$/, 'taskInput'],
  [/^\/output\/as$/, 'taskOutput'],
  [/^\/export\/as$/, 'taskExport'],
  [/^\/(?:for\/in|while|switch\/\d+\/[^/]+\/when|catch\/(?:retry\/)?(?:when|exceptWhen))$/, 'task'],
  [/^(?:\/listen\/to)?\/(?:until|(?:until\/)?(?:one|(?:any|all)\/\d+)\/correlate\/[^/]+\/from)$/, 'event'],
  [/^\/foreach\/(?:output|export)\/as$/, 'taskExport'],
]
const bareInSubscription = /^\/with\/subscription\/(?:filter|consume\/(?:while|until)|foreach\/(?:output|export)\/as)$/
/** Code and commands are not jq's: `${` in them is their own. */
const skipped = /^\/(?:metadata|run\/script\/code|(?:foreach\/|with\/subscription\/foreach\/)?(?:input|output|export)\/schema)$/

interface Scope { base: string, task: Task | undefined, skip: ReadonlySet<string> }

class Finder {
  readonly #definition: Members
  readonly #found: Expression[] = []

  constructor(definition: Members) {
    this.#definition = definition
  }

  find(): Expression[] {
    const { input, output, schedule, timeout } = this.#definition
    this.#bare(memberOf(input, 'from'), '/input/from', 'workflowInput')
    this.#bare(memberOf(output, 'as'), '/output/as', 'workflowOutput')
    const { on, ...times } = isMembers(schedule) ? schedule : {}
    this.#template(times, '/schedule', 'workflowInput')
    this.#walk(on, '', { base: '/schedule/on', task: undefined, skip: new Set() })
    this.#template(timeout, '/timeout', 'workflowInput')
    this.#reusable()
    this.#settings()
    for (const list of listsOf(this.#definition)) for (const task of list.tasks) this.#task(task)
    return this.#found
  }

  #reusable(): void {
    const { use } = this.#definition
    for (const name of ['authentications', 'errors', 'timeouts', 'catalogs']) this.#template(memberOf(use, name), `/use/${name}`, 'task')
    const retries = memberOf(use, 'retries')
    for (const [name, retry] of Object.entries(isMembers(retries) ? retries : {})) {
      const pointer = appendPointer('/use/retries', name)
      for (const [member, value] of Object.entries(isMembers(retry) ? retry : {})) {
        // What the error is called is the business of whoever uses the policy.
        if (/^(?:when|exceptWhen)$/.test(member)) this.#bare(value, `${pointer}/${member}`, 'task', this.#caught())
        else this.#template(value, `${pointer}/${member}`, 'task')
      }
    }
    const extensions = memberOf(use, 'extensions')
    for (const [index, item] of (Array.isArray(extensions) ? extensions : []).entries()) {
      for (const [name, extension] of Object.entries(isMembers(item) ? item : {})) this.#bare(memberOf(extension, 'when'), `/use/extensions/${index}${appendPointer('', name)}/when`, 'task')
    }
  }

  #caught(): string[] {
    return ['error', ...listsOf(this.#definition).flatMap(({ tasks }) => tasks.flatMap(({ task, kind }) => (kind === 'try' ? [catchVariable(task)] : [])))]
  }

  #settings(): void {
    const settings = memberOf(memberOf(this.#definition.document, 'metadata'), 'interchange')
    for (const name of ['orderBy', 'idempotencyBy']) this.#bare(memberOf(settings, name), `/document/metadata/interchange/${name}`, 'workflowInput')
  }

  #task(task: Task): void {
    this.#walk(task.task, '', { base: task.pointer, task, skip: new Set(task.lists.map(({ pointer }) => pointer)) })
  }

  #walk(value: unknown, path: string, scope: Scope): void {
    if (scope.skip.has(scope.base + path) || (scope.task !== undefined && skipped.test(path))) return
    if (typeof value === 'string') this.#text(value, path, scope)
    else if (Array.isArray(value)) for (const [index, item] of value.entries()) this.#walk(item, `${path}/${index}`, scope)
    else if (isMembers(value)) for (const [name, member] of Object.entries(value)) this.#walk(member, appendPointer(path, name), scope)
  }

  #text(text: string, path: string, { base, task }: Scope): void {
    const bound = task === undefined ? [] : [...task.variables, ...ownVariables(task, path)]
    const bare = bareMembers.find(([pattern]) => pattern.test(path))?.[1] ?? (task?.task.call === 'asyncapi' && bareInSubscription.test(path) ? 'event' : undefined)
    if (bare !== undefined) this.#bare(text, base + path, task === undefined ? 'schedule' : bare, bound)
    else if (task === undefined) this.#wrapped(text, base + path, { place: 'schedule', bound })
    else this.#wrapped(text, base + path, { place: path.startsWith('/output/') ? 'taskOutput' : path.startsWith('/export/') ? 'taskExport' : path.startsWith('/input/') ? 'taskInput' : 'task', bound })
  }

  #wrapped(text: string, pointer: string, { place, bound }: { place: keyof typeof givenIn, bound: string[] }): void {
    for (const part of partsOf(text)) if ('program' in part) this.#found.push({ program: part.program, pointer, given: givenIn[place], bound })
  }

  /** jq as text, or a template. */
  #bare(value: unknown, pointer: string, place: keyof typeof givenIn, bound: string[] = []): void {
    if (typeof value === 'string') this.#found.push({ program: onlyProgram(value) ?? value, pointer, given: givenIn[place], bound })
    else this.#template(value, pointer, place)
  }

  #template(value: unknown, pointer: string, place: keyof typeof givenIn): void {
    if (typeof value === 'string') this.#wrapped(value, pointer, { place, bound: [] })
    else if (Array.isArray(value)) for (const [index, item] of value.entries()) this.#template(item, `${pointer}/${index}`, place)
    else if (isMembers(value)) for (const [name, member] of Object.entries(value)) this.#template(member, appendPointer(pointer, name), place)
  }
}

/** What a task binds for parts of itself. */
function ownVariables({ task, kind }: Task, path: string): string[] {
  if (kind === 'for' && path === '/while') return loopVariables(task)
  if (kind === 'try' && /^\/catch\/(?!errors)/.test(path)) return [catchVariable(task)]
  if (kind === 'listen' && path.startsWith('/foreach/')) return iteratorVariables(task.foreach)
  if (kind === 'call' && path.startsWith('/with/subscription/foreach/')) return iteratorVariables(memberOf(memberOf(task.with, 'subscription'), 'foreach'))
  return []
}
