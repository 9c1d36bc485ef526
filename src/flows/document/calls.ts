/** What the tasks of a document call, run and read, held against what the tenant has. */
import { APPROVAL_LINK } from '../approvals/approvals.ts'
import { isHubError } from '../../errors.ts'
import { isMembers } from '../../lib/json/check.ts'
import { appendPointer, parsePointer, resolvePointer } from '../../lib/json/pointer.ts'
import { compileSchema } from '../../lib/json/schema.ts'
import { hasProgram } from '../expressions/parts.ts'
import type { Note, Report } from './finding.ts'
import { isCallKind } from './form.ts'
import { nearest } from './nearest.ts'
import { declaredIn } from './references.ts'
import { listsOf, memberOf, type Members, type Task } from './tasks.ts'

/** What is around a document, of one tenant; anybody else's is as good as not there. */
export interface Surroundings {
  /** By its name or id, or by the id of a credential. */
  integration(name: string): Promise<KnownIntegration | 'ambiguous' | undefined>
  /** Some names, for somebody who mistyped one. */
  integrationNames(): Promise<string[]>
  hasCredential(idOrName: string): Promise<boolean>
  /** A webhook source of that name or id. */
  hasSource(nameOrId: string): Promise<boolean>
  /** `latest` and undefined are any published version. */
  hasFlow(namespace: string, name: string, version: string | undefined): Promise<boolean>
  /** What the operator lets flows run. */
  allows: Record<'shell' | 'container' | 'python', boolean>
}

export interface KnownIntegration {
  operation(id: string): Promise<KnownOperation | undefined>
  operationIds(): Promise<string[]>
}

/** `input`: undefined where what goes in is changed on the way. */
export interface KnownOperation { input: object | undefined }

export async function checkCalls(definition: Members, report: Report, surroundings: Surroundings): Promise<void> {
  const functions = declaredIn(definition, 'functions')
  const catalogs = declaredIn(definition, 'catalogs')
  await checkSecrets(definition, report, surroundings)
  await checkTriggers(definition, report, surroundings)
  for (const { tasks } of listsOf(definition)) {
    for (const task of tasks) {
      if (task.kind === 'call' && typeof task.task.call === 'string' && !isCallKind(task.task.call)) await checkFunction(task, { functions, catalogs, report, surroundings })
      if (task.kind === 'run') await checkRun(task, { itself: definition['document'], report, surroundings })
    }
  }
}

async function checkSecrets({ use }: Members, report: Report, surroundings: Surroundings): Promise<void> {
  const secrets = memberOf(use, 'secrets')
  for (const [index, name] of (Array.isArray(secrets) ? secrets : []).entries()) {
    if (typeof name === 'string' && !await surroundings.hasCredential(name)) {
      report({ severity: 'warning', code: 'unknown_credential', pointer: `/use/secrets/${index}`, detail: `names no credential that is there: "${name}"` })
    }
  }
}

interface Calling { functions: string[], catalogs: string[], report: Report, surroundings: Surroundings }

/** Functions of the document come first, then catalogs and addresses, then integrations. */
async function checkFunction({ task, pointer }: Task, { functions, catalogs, report, surroundings }: Calling): Promise<void> {
  const name = task.call as string
  const at = `${pointer}/call`
  const note = (severity: Note['severity'], code: Note['code'], detail: string): void => { report({ severity, code, pointer: at, detail }) }
  if (functions.includes(name) || /^[a-z][a-z0-9+.-]*:\/\//i.test(name)) return
  const [, catalog] = /^[^/@:]+:[^/@:]+@([^/@]+)$/.exec(name) ?? []
  if (catalog !== undefined) {
    if (catalog !== 'default' && name !== APPROVAL_LINK && !catalogs.includes(catalog)) note('error', 'unknown_reference', `names no catalog of use.catalogs: "${catalog}"${nearest(catalog, catalogs)}`)
    return
  }
  const slash = name.indexOf('/')
  if (slash <= 0 || slash === name.length - 1) return note('error', 'unknown_function', `names no function: "${name}"${nearest(name, [...functions, 'http', 'openapi', 'grpc', 'asyncapi', 'mcp', 'a2a'])}. One of use.functions, or <integration>/<operation>`)
  const [integration, operation] = [name.slice(0, slash), name.slice(slash + 1)]
  const known = await findOperation({ integration, operation }, note, surroundings)
  if (known?.input !== undefined) checkInput(task.with ?? {}, `${pointer}/with`, known.input, report)
}

interface Named { integration: string, operation: string | undefined }

async function findOperation({ integration, operation }: Named, note: (severity: Note['severity'], code: Note['code'], detail: string, member?: keyof Named) => void, surroundings: Surroundings): Promise<KnownOperation | undefined> {
  const found = await surroundings.integration(integration)
  if (found === 'ambiguous') note('warning', 'unknown_integration', `names more than one integration: "${integration}". Name it by its id`)
  else if (found === undefined) note('warning', 'unknown_integration', `names no integration that is there: "${integration}"${nearest(integration, await surroundings.integrationNames())}`)
  else if (operation !== undefined) {
    const known = await found.operation(operation)
    if (known === undefined) note('warning', 'unknown_operation', `names no operation of ${integration}: "${operation}"${nearest(operation, await found.operationIds())}`, 'operation')
    return known
  }
  return undefined
}

/** What begins the flow and is named among Interchange's own settings. */
async function checkTriggers({ document }: Members, report: Report, surroundings: Surroundings): Promise<void> {
  const triggers = memberOf(memberOf(memberOf(document, 'metadata'), 'interchange'), 'triggers')
  for (const [index, trigger] of (Array.isArray(triggers) ? triggers : []).entries()) {
    const at = `/document/metadata/interchange/triggers/${index}`
    const [source, poll] = [memberOf(memberOf(trigger, 'webhook'), 'source'), memberOf(trigger, 'poll')]
    if (typeof source === 'string' && !await surroundings.hasSource(source)) report({ severity: 'warning', code: 'unknown_source', pointer: `${at}/webhook/source`, detail: `names no webhook source that is there: "${source}"` })
    const [integration, operation, input] = ['integration', 'operation', 'input'].map((name) => memberOf(poll, name))
    if (typeof integration !== 'string') continue
    const known = await findOperation({ integration, operation: typeof operation === 'string' ? operation : undefined }, (severity, code, detail, member = 'integration') => { report({ severity, code, pointer: `${at}/poll/${member}`, detail }) }, surroundings)
    if (known?.input !== undefined) checkInput(input ?? {}, `${at}/poll/input`, known.input, report)
  }
}

/** What is certainly wrong, whatever the expressions within it come to. */
function checkInput(value: unknown, base: string, schema: object, report: Report): void {
  try {
    for (const { pointer, detail } of compileSchema(schema)(value)) {
      if (!isOpen(value, pointer)) report({ severity: 'error', code: 'invalid_input', pointer: base + pointer, detail: `does not fit the operation: ${detail}` })
    }
  } catch (error) {
    // A schema that cannot be checked is found out when the operation runs.
    if (!isHubError(error, 'invalid_document')) throw error
  }
}

/** An expression stands there, within it or around it. */
function isOpen(value: unknown, pointer: string): boolean {
  const tokens = parsePointer(pointer)
  for (let length = 0; length <= tokens.length; length++) {
    const at = resolvePointer(value, tokens.slice(0, length))
    if (typeof at === 'string' && hasProgram(at)) return true
  }
  return hasExpression(resolvePointer(value, tokens))
}

function hasExpression(value: unknown): boolean {
  if (typeof value === 'string') return hasProgram(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExpression)
}

async function checkRun({ task, pointer }: Task, { itself, report, surroundings }: { itself: unknown, report: Report, surroundings: Surroundings }): Promise<void> {
  const { workflow, script } = isMembers(task.run) ? task.run : {} as Members
  for (const kind of ['shell', 'container'] as const) {
    if (memberOf(task.run, kind) !== undefined && !surroundings.allows[kind]) report({ severity: 'warning', code: 'not_allowed', pointer: `${pointer}/run/${kind}`, at: 'key', detail: 'is nothing that this hub runs, unless its operator allows it' })
  }
  const language = memberOf(script, 'language')
  if (typeof language === 'string' && !hasProgram(language) && !(surroundings.allows.python ? /^(?:js|javascript|python)$/i : /^(?:js|javascript)$/i).test(language)) {
    report({ severity: 'warning', code: 'not_allowed', pointer: `${pointer}/run/script/language`, detail: `is no language that this hub runs: "${language}". It runs javascript, and python where its operator allows it` })
  }
  const { namespace, name, version } = isMembers(workflow) ? workflow : {} as Members
  if (typeof namespace !== 'string' || typeof name !== 'string' || [namespace, name, version].some((each) => typeof each === 'string' && hasProgram(each))) return
  if (memberOf(itself, 'namespace') === namespace && memberOf(itself, 'name') === name && [undefined, 'latest', memberOf(itself, 'version')].includes(version)) return
  if (!await surroundings.hasFlow(namespace, name, typeof version === 'string' ? version : undefined)) {
    report({ severity: 'warning', code: 'unknown_flow', pointer: appendPointer(`${pointer}/run/workflow`, 'name'), detail: `names no flow that is published: ${namespace}/${name}${typeof version === 'string' ? ` ${version}` : ''}` })
  }
}
