import type { JsonSchema } from '../../../connectors/connector.ts'
import { compileSchema } from '../../../lib/json/schema.ts'
import type { ResolvedOperation, ResolvedResponse } from '../types.ts'
import { kindOf } from './media-type.ts'

type Schema = JsonSchema | boolean
type Defs = Record<string, Schema>

/** What the successful answers look like; undefined when the document doesn't say. */
export function outputSchema({ responses, outputDefs }: ResolvedOperation): JsonSchema | undefined {
  const successful = Object.keys(responses).filter(status => status.startsWith('2'))
  const statuses = successful.length > 0 ? successful : Object.keys(responses).filter(status => status === 'default')
  const schemas = statuses.map(status => bodySchemaOf(responses[status])).filter(schema => schema !== undefined)
  const distinct = [...new Map(schemas.map(schema => [JSON.stringify(schema), schema])).values()]
  const [first] = distinct
  if (first === undefined || (distinct.length === 1 && isAnything(first))) return undefined
  return withDefs(distinct.length === 1 ? first : { anyOf: distinct }, outputDefs)
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
