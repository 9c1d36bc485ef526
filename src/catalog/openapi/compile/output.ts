import type { JsonSchema } from '../../../connectors/connector.ts'
import { compileSchema } from '../../../lib/json/schema.ts'
import type { ResolvedOperation, ResolvedResponse } from '../types.ts'
import { isJson, kindOf } from './media-type.ts'

type Schema = JsonSchema | boolean
type Defs = Record<string, Schema>

/** What the successful answers look like; undefined when the document doesn't say. */
export function outputSchema({ responses, outputDefs }: ResolvedOperation): JsonSchema | undefined {
  const schemas = successes(responses).map(bodySchemaOf).filter(schema => schema !== undefined)
  const distinct = [...new Map(schemas.map(schema => [JSON.stringify(schema), schema])).values()]
  const [first] = distinct
  if (first === undefined || (distinct.length === 1 && isAnything(first))) return undefined
  return withDefs(distinct.length === 1 ? first : { anyOf: distinct }, outputDefs)
}

/** Whether all bodies that the document describes of successful answers are JSON, and there is one: then anything else is not what it promised. */
export function promisesJson({ responses }: Pick<ResolvedOperation, 'responses'>): boolean {
  const bodies = successes(responses).flatMap(({ content }) => Object.entries(content ?? {}))
  return bodies.length > 0 && bodies.every(([type, { schema }]) => isJson(type) && !isBinary(schema))
}

/** Those of 2xx; where there are none, what stands for all answers. */
function successes(responses: ResolvedOperation['responses']): ResolvedResponse[] {
  const statuses = Object.keys(responses).filter(status => status.startsWith('2'))
  return (statuses.length > 0 ? statuses : Object.keys(responses).filter(status => status === 'default')).map(status => responses[status]!)
}

/** Files, which some documents describe under the media type that all their answers have. */
function isBinary(schema: Schema): boolean {
  return typeof schema === 'object' && (schema['format'] === 'binary' || schema['contentMediaType'] !== undefined || schema['contentEncoding'] !== undefined)
}

function isAnything(schema: Schema): boolean {
  return schema === true || (typeof schema === 'object' && Object.keys(schema).length === 0)
}

function withDefs(schema: Schema, defs: Defs): JsonSchema {
  const own = typeof schema === 'boolean' ? (schema ? {} : { not: {} }) : schema
  return Object.keys(defs).length === 0 ? own : { ...own, $defs: defs }
}

/** Of JSON and text only: everything else arrives as a reference to a blob. */
function bodySchemaOf(response: ResolvedResponse | undefined): Schema | undefined {
  for (const [type, { schema }] of Object.entries(response?.content ?? {})) {
    const kind = kindOf(type, true)
    if (kind === 'json') return schema
    if (kind === 'text') return { type: 'string' }
  }
  return undefined
}

/** Problems of an answer against what the document says of its status, each `pointer detail`. Compiled when first needed. */
export function outputValidator({ responses, outputDefs }: ResolvedOperation): (data: unknown, statusCode?: number) => string[] {
  const validators = new Map<string, (data: unknown) => string[]>()
  return (data, statusCode = 200) => {
    const status = [String(statusCode), `${Math.floor(statusCode / 100)}XX`, 'default'].find(name => Object.hasOwn(responses, name))
    if (status === undefined) return [`The status ${statusCode} is not described`]
    let validate = validators.get(status)
    if (validate === undefined) validators.set(status, validate = validatorOf(bodySchemaOf(responses[status]), outputDefs))
    return validate(data)
  }
}

function validatorOf(schema: Schema | undefined, defs: Defs): (data: unknown) => string[] {
  if (schema === undefined || isAnything(schema)) return () => []
  const validate = compileSchema(withDefs(schema, defs))
  return data => validate(data).map(({ pointer, detail }) => `${pointer === '' ? 'the answer' : pointer} ${detail}`)
}
