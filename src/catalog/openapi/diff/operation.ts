import { parametersOf, type OperationPlace } from '../normalise/path-parameters.ts'
import { isObject } from '../normalise/reading.ts'
import type { Json, SecurityRequirement, Server } from '../types.ts'
import { compareSchemas } from './schema.ts'
import { behind, type Report, type Sides } from './sides.ts'

export function compareOperations(sides: Sides, before: OperationPlace, after: OperationPlace, report: Report): void {
  const [was, is] = [before.operation, after.operation]
  if (was['operationId'] !== is['operationId']) report(`It was called ${String(was['operationId'])}`, true)
  if (before.method !== after.method || before.path !== after.path) report(`It moved from ${before.method} ${before.path} to ${after.method} ${after.path}`, false)
  if (was['deprecated'] !== true && is['deprecated'] === true) report('It is now deprecated', false)
  if (was['deprecated'] === true && is['deprecated'] !== true) report('It is no longer deprecated', false)
  if (was['x-unusable'] === undefined && is['x-unusable'] !== undefined) report(`It cannot be used any more: ${String(is['x-unusable'])}`, true)
  if (was['x-unusable'] !== undefined && is['x-unusable'] === undefined) report('It can be used now', false)
  compareParameters(sides, before, after, report)
  compareBodies(sides, was['requestBody'], is['requestBody'], report)
  compareResponses(sides, was['responses'], is['responses'], report)
  compareSecurity(securityOf(sides.before, before), securityOf(sides.after, after), report)
  const [server, newServer] = [ownServer(before), ownServer(after)]
  if (server !== newServer) report(`Its server was ${server ?? 'the document\'s'}, is ${newServer ?? 'the document\'s'}`, true)
}

function parametersBy(document: Json, { item, operation }: OperationPlace): Map<string, Json> {
  const list = [...parametersOf(document, item), ...parametersOf(document, operation)]
  return new Map(list.map(parameter => [`${String(parameter['name'])} (${String(parameter['in'])})`, parameter]))
}

function compareParameters(sides: Sides, before: OperationPlace, after: OperationPlace, report: Report): void {
  const [old, now] = [parametersBy(sides.before, before), parametersBy(sides.after, after)]
  for (const [name, was] of old) {
    const is = now.get(name)
    if (is === undefined) {
      report(`The parameter ${name} was removed`, true)
      continue
    }
    if (was['required'] !== true && is['required'] === true) report(`The parameter ${name} is now required`, true)
    if (was['required'] === true && is['required'] !== true) report(`The parameter ${name} is no longer required`, false)
    compareSchemas(sides, 'input', schemaOf(sides.before, was), schemaOf(sides.after, is), name, report)
    const [style, newStyle] = [styleOf(was), styleOf(is)]
    if (style !== newStyle) report(`The parameter ${name} is now written in another way (${newStyle})`, false)
  }
  for (const [name, is] of now) {
    if (old.has(name)) continue
    const required = is['required'] === true
    report(`The ${required ? 'required ' : ''}parameter ${name} was added`, required)
  }
}

function schemaOf(document: Json, parameter: Json): unknown {
  const content = isObject(parameter['content']) ? Object.values(parameter['content'])[0] : undefined
  const media = behind(document, content)
  return isObject(media) ? media['schema'] : parameter['schema']
}

function styleOf({ style, explode, content }: Json): string {
  const type = isObject(content) ? Object.keys(content)[0] : undefined
  return type ?? [style ?? 'default style', explode === undefined ? '' : `explode ${String(explode)}`].filter(text => text !== '').join(', ')
}

function compareBodies(sides: Sides, before: unknown, after: unknown, report: Report): void {
  const [old, now] = [behind(sides.before, before), behind(sides.after, after)]
  if (!isObject(old) && !isObject(now)) return
  if (!isObject(old)) return report(`A ${(now as Json)['required'] === true ? 'required ' : ''}body was added`, (now as Json)['required'] === true)
  if (!isObject(now)) return report('The body was removed', true)
  if (old['required'] !== true && now['required'] === true) report('The body is now required', true)
  if (old['required'] === true && now['required'] !== true) report('The body is no longer required', false)
  compareContents(sides, 'input', old['content'], now['content'], 'body', report)
}

function compareContents(sides: Sides, direction: 'input' | 'output', before: unknown, after: unknown, name: string, report: Report): void {
  const [old, now] = [isObject(before) ? before : {}, isObject(after) ? after : {}]
  for (const type of Object.keys(old)) {
    if (!Object.hasOwn(now, type)) report(`\`${name}\` can no longer be ${type}`, true)
    else compareSchemas(sides, direction, mediaSchema(sides.before, old[type]), mediaSchema(sides.after, now[type]), name, report)
  }
  for (const type of Object.keys(now)) if (!Object.hasOwn(old, type)) report(`\`${name}\` can now be ${type}`, false)
}

function mediaSchema(document: Json, media: unknown): unknown {
  const own = behind(document, media)
  return isObject(own) ? own['schema'] ?? own['itemSchema'] : undefined
}

function compareResponses(sides: Sides, before: unknown, after: unknown, report: Report): void {
  const [old, now] = [isObject(before) ? before : {}, isObject(after) ? after : {}]
  for (const status of Object.keys(old)) {
    const successful = status.startsWith('2')
    if (!Object.hasOwn(now, status)) report(`The answer ${status} is no longer described`, successful)
    // What failures look like is of no consequence to those who only learn that it failed.
    else if (successful || status === 'default') compareResponse(sides, old[status], now[status], `answer ${status}`, report)
  }
  for (const status of Object.keys(now)) if (!Object.hasOwn(old, status)) report(`The answer ${status} is now described`, false)
}

function compareResponse(sides: Sides, before: unknown, after: unknown, name: string, report: Report): void {
  const [old, now] = [behind(sides.before, before), behind(sides.after, after)]
  if (isObject(old) && isObject(now)) compareContents(sides, 'output', old['content'], now['content'], name, report)
}

function securityOf(document: Json, { operation }: OperationPlace): SecurityRequirement[] {
  return operation['security'] as SecurityRequirement[] | undefined ?? document['security'] as SecurityRequirement[] | undefined ?? []
}

/** Breaking unless every way in that there was is still one. */
function compareSecurity(before: SecurityRequirement[], after: SecurityRequirement[], report: Report): void {
  const ways = (requirements: SecurityRequirement[]) => requirements.length === 0 ? [''] : requirements.map(requirement => Object.keys(requirement).sort().join(' and '))
  const [old, now] = [ways(before), ways(after)]
  const said = (list: string[]) => list.map(way => way === '' ? 'nothing' : way).join(' or ')
  if (said(old) === said(now)) return
  const harmless = now.includes('') || old.every(way => now.includes(way))
  report(`It asked for ${said(old)}, asks for ${said(now)}`, !harmless)
}

function ownServer({ item, operation }: OperationPlace): string | undefined {
  const servers = [operation['servers'], item['servers']].find(list => Array.isArray(list) && list.length > 0) as Server[] | undefined
  return servers?.[0]?.url
}
