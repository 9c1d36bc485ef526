/** Values whose text has a meaning of its own: durations, endpoints, schemas, times. */
import { isHubError } from '../../errors.ts'
import { isMembers } from '../../lib/json/check.ts'
import { compileSchema } from '../../lib/json/schema.ts'
import { durationMs } from '../duration.ts'
import { hasProgram } from '../expressions/parts.ts'
import type { Report } from './finding.ts'
import type { Visit } from './parts.ts'
import { memberOf } from './tasks.ts'

/** What each is looked at by; `undefined` for all parents. */
const durations: [name: string, parent: RegExp | undefined][] = [
  ['wait', /^$/], ['after', /^(?:timeouts?|schedule|lifetime)$/], ['every', /^schedule$/], ['delay', undefined], ['duration', /^(?:limit|attempt)$/],
  ['from', /^jitter$/], ['to', /^jitter$/], ['for', /^consume$/], ['timeout', /^with$/],
]
const uris: [name: string, parent: RegExp | undefined][] = [['endpoint', undefined], ['uri', /^(?:endpoint|server)$/], ['server', /^with$/], ['authority', undefined], ['type', /^(?:errors|error)$/]]

export function checkValues(report: Report): Visit {
  const is = (table: typeof durations, name: string, parent: string): boolean => table.some(([each, within]) => each === name && (within === undefined || within.test(parent)))
  return (name, value, { pointer, parent }) => {
    if (is(durations, name, parent)) checkDuration(value, pointer, report)
    if (is(uris, name, parent)) checkUri(value, pointer, report)
    if (isSecret(name, parent) && typeof value === 'string' && !hasProgram(value)) {
      report({ severity: 'warning', code: 'open_secret', pointer, detail: 'is a secret in the open: everybody who may read the flow sees it. Declare a credential in use.secrets, and write ${ $secrets.<name>.<field> }' })
    }
    if (name === 'schema') checkSchema(value, pointer, report)
    if (name === 'with' && /^(?:one|any|all)$/.test(parent)) checkEvent(value, pointer, report)
    if (name === 'emit') checkEvent(memberOf(memberOf(value, 'event'), 'with'), `${pointer}/event/with`, report)
    if (name === 'instance' && parent === 'error' && typeof value === 'string' && !hasProgram(value) && !/^(?:\/(?:[^/~]|~[01])*)*$/.test(value)) {
      report({ severity: 'error', code: 'form', pointer, detail: 'must be a JSON Pointer or an expression' })
    }
  }
}

export function checkDuration(value: unknown, pointer: string, report: Report): void {
  if (typeof value !== 'string' && !isMembers(value)) return
  if (typeof value === 'string' && hasProgram(value)) return
  try {
    durationMs(value)
  } catch {
    report({ severity: 'error', code: 'invalid_duration', pointer, detail: 'is no duration: write PT15M as ISO 8601 has it, { minutes: 15 }, or an expression' })
  }
}

function isSecret(name: string, parent: string): boolean {
  return /^(?:basic|bearer|digest|oauth2|oidc)$/.test(parent) ? /^(?:password|token)$/.test(name) : parent === 'client' ? /^(?:secret|assertion)$/.test(name) : /^(?:subject|actor)$/.test(parent) && name === 'token'
}

const scheme = /^[A-Za-z][A-Za-z0-9+\-.]*:\/\//

/** A URI, a template of one (`https://shop.example/orders/{id}`), or an expression. */
function checkUri(value: unknown, pointer: string, report: Report): void {
  if (typeof value !== 'string' || hasProgram(value)) return
  const fault = (detail: string): void => { report({ severity: 'error', code: 'invalid_endpoint', pointer, detail }) }
  if (!scheme.test(value)) return fault('is no URI such as https://shop.example/orders/{id}, and no expression ${ … }')
  const braces = value.replaceAll(/\{[+#./;?&]?[A-Za-z0-9_.%-]+(?::\d+|\*)?(?:,[A-Za-z0-9_.%-]+(?::\d+|\*)?)*\}/g, 'x')
  if (/[{}]/.test(braces)) return fault('is a template with braces that do not match, or with something else than a name within them')
  if (!URL.canParse(braces)) fault('is no valid URI')
}

/** Attributes of an event, or of a filter for events. */
function checkEvent(value: unknown, pointer: string, report: Report): void {
  for (const name of ['source', 'dataschema']) checkUri(memberOf(value, name), `${pointer}/${name}`, report)
  const time = memberOf(value, 'time')
  if (typeof time === 'string' && !hasProgram(time) && !(/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)$/.test(time) && !Number.isNaN(Date.parse(time)))) {
    report({ severity: 'error', code: 'form', pointer: `${pointer}/time`, detail: 'must be a time such as 2026-01-31T08:00:00Z, or an expression' })
  }
}

function checkSchema(value: unknown, pointer: string, report: Report): void {
  if (!isMembers(value)) return
  const { format, document, resource } = value
  if (resource !== undefined || (typeof format === 'string' && !/^json(?::|$)/.test(format))) {
    report({ severity: 'warning', code: 'not_checked', pointer, detail: resource !== undefined ? 'is read when the flow runs, and not before' : `is of the format "${String(format)}", which nothing is checked against: schemas are JSON Schemas` })
    return
  }
  if (!isMembers(document)) {
    if (typeof document !== 'boolean') report({ severity: 'error', code: 'invalid_schema', pointer: `${pointer}/document`, detail: 'must be a JSON Schema: an object' })
    return
  }
  try {
    // A check that nothing passes through tells whether what it refers to is there, as far as it is looked at.
    compileSchema(document)({})
  } catch (error) {
    if (!isHubError(error, 'invalid_document')) throw error
    report({ severity: 'error', code: 'invalid_schema', pointer: `${pointer}/document${error.errors?.[0]?.pointer ?? ''}`, detail: `is no schema that can be checked: ${error.errors?.[0]?.detail ?? error.message}` })
  }
}
