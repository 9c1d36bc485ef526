import { readSchemes } from '../credentials.ts'
import { operationsOf, type OperationPlace } from '../normalise/path-parameters.ts'
import type { DocumentDifference, Json, OperationDifference, Server } from '../types.ts'
import { compareOperations } from './operation.ts'
import { collector, isSame, sidesOf, type Report, type Sides } from './sides.ts'

/** What would change for those who use the operations of a document, from one normal form to another. */
export function differences(before: Json, after: Json): DocumentDifference {
  const sides = sidesOf(before, after)
  const { pairs, added, removed } = paired(operationsOf(before), operationsOf(after))
  const sameSecurity = JSON.stringify(before['security']) === JSON.stringify(after['security'])
  const changed: DocumentDifference['changed'] = []
  for (const [old, now] of pairs) {
    if (sameSecurity && isUntouched(sides, old, now)) continue
    const found = collector()
    compareOperations(sides, old, now, found.report)
    const { changes } = found
    if (changes.length > 0) changed.push({ ...summaryOf(now), breaking: changes.some(({ breaking }) => breaking), changes })
  }
  const document = collector()
  compareDocuments(before, after, document.report)
  const isBreaking = ({ breaking }: { breaking: boolean }) => breaking
  return {
    added: added.map(summaryOf), removed: removed.map(summaryOf), changed, document: document.changes,
    breaking: removed.length > 0 || changed.some(isBreaking) || document.changes.some(isBreaking),
  }
}

function isUntouched(sides: Sides, old: OperationPlace, now: OperationPlace): boolean {
  return old.path === now.path && old.method === now.method && isSame(sides, old.operation, now.operation)
    && isSame(sides, [old.item['parameters'], old.item['servers']], [now.item['parameters'], now.item['servers']])
}

/** By id, since that is what callers use; what is left, by method and path: those were renamed. */
function paired(before: OperationPlace[], after: OperationPlace[]): { pairs: [OperationPlace, OperationPlace][], added: OperationPlace[], removed: OperationPlace[] } {
  const pairs: [OperationPlace, OperationPlace][] = []
  let [old, now] = [before, after]
  for (const keyOf of [(place: OperationPlace) => String(place.operation['operationId']), ({ method, path }: OperationPlace) => `${method} ${path}`]) {
    const known = new Map(now.map(place => [keyOf(place), place]))
    const met = new Set<OperationPlace>()
    old = old.filter(place => {
      const other = known.get(keyOf(place))
      if (other === undefined || met.has(other)) return true
      met.add(other)
      pairs.push([place, other])
      return false
    })
    now = now.filter(place => !met.has(place))
  }
  return { pairs, added: now, removed: old }
}

function summaryOf({ method, path, operation }: OperationPlace): OperationDifference {
  const summary = typeof operation['summary'] === 'string' ? operation['summary'] : `${method} ${path}`
  return { id: String(operation['operationId']), method, path, summary }
}

function compareDocuments(before: Json, after: Json, report: Report): void {
  compareServers(before['servers'] as Server[], after['servers'] as Server[], report)
  const [old, now] = [readSchemes(before).schemes, readSchemes(after).schemes]
  for (const [name, scheme] of Object.entries(old)) {
    const other = Object.hasOwn(now, name) ? now[name] : undefined
    if (other === undefined) report(`The security scheme ${name} was removed`, true)
    else {
      const withoutText = ({ description: _description, ...rest }: typeof scheme) => JSON.stringify(rest)
      if (withoutText(scheme) !== withoutText(other)) report(`The security scheme ${name} changed`, true)
    }
  }
  for (const name of Object.keys(now)) if (!Object.hasOwn(old, name)) report(`The security scheme ${name} was added`, false)
  const [was, is] = [before['info'] as Json, after['info'] as Json]
  if (was['title'] !== is['title']) report(`The title was ${String(was['title'])}, is ${String(is['title'])}`, false)
  if (was['version'] !== is['version']) report(`The version was ${String(was['version'])}, is ${String(is['version'])}`, false)
}

/** Integrations use the first unless they chose another. */
function compareServers(before: Server[], after: Server[], report: Report): void {
  const [old, now] = [before.map(({ url }) => url), after.map(({ url }) => url)]
  if (old[0] !== now[0]) report(`The server was ${old[0] ?? 'not named'}, is ${now[0] ?? 'not named'}`, true)
  for (const url of old.slice(1)) if (!now.includes(url)) report(`The server ${url} was removed`, true)
  for (const url of now) if (!old.includes(url) && url !== now[0]) report(`The server ${url} was added`, false)
  for (const server of before) {
    const other = after.find(({ url }) => url === server.url)
    if (other === undefined) continue
    for (const [name, variable] of Object.entries(server.variables ?? {})) {
      const is = other.variables?.[name]
      if (is === undefined) continue
      if (variable.default !== is.default) report(`The server variable ${name} was ${variable.default} by default, is ${is.default}`, true)
      const gone = variable.enum?.filter(value => is.enum !== undefined && !is.enum.includes(value)) ?? []
      if (gone.length > 0) report(`The server variable ${name} can no longer be ${gone.join(', ')}`, true)
    }
  }
}
