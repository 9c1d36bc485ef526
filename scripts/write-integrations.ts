/** Renews the tables of docs/integrations.md from the settings' own descriptions. What stands around them is written by hand. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { integrationInput } from '../src/api/routes/integrations/shapes.ts'

interface Schema {
  type?: string, description?: string, default?: unknown, enum?: unknown[], const?: unknown, format?: string
  minimum?: number, maximum?: number, maxItems?: number
  properties?: Record<string, Schema>, required?: string[], items?: Schema, anyOf?: Schema[]
}

interface Row { field: string, fallback: string, takes: string, description: string }

/** The page with its tables renewed. Throws where a field has no description, or a table has no place. */
export function integrationsPage(page: string): string {
  const { $defs } = z.toJSONSchema(integrationInput, { io: 'input', unrepresentable: 'any' })
  const sections = sectionsOf($defs!['IntegrationInput'] as Schema)
  const left = new Set(sections.keys())
  const renewed = page.replace(/(<!-- fields of (.+?) -->\n)[^]*?(<!-- end -->)/g, (_all, begin: string, name: string, end: string) => {
    const rows = sections.get(name)
    if (rows === undefined || !left.delete(name)) throw new Error(`docs/integrations.md has a place for ${name}, which is no part of an integration, or has it twice.`)
    return `${begin}${tableOf(rows)}${end}`
  })
  if (left.size > 0) throw new Error(`docs/integrations.md has no place for the fields of ${[...left].join(', ')}.`)
  return renewed
}

/** The parts that have fields of their own, and `an integration` for what is beside them. */
function sectionsOf({ properties = {}, required = [] }: Schema): Map<string, Row[]> {
  const sections = new Map<string, Row[]>([['an integration', []]])
  for (const [name, schema] of Object.entries(properties)) {
    const own = schema.properties === undefined ? [] : rowsBelow(name, schema)
    if (own.length > 0) sections.set(name, own.filter(({ description }) => !description.startsWith('Kept by the hub') && !description.startsWith('Measured by the hub')))
    else sections.get('an integration')!.push(rowOf(name, schema, required.includes(name)))
  }
  return sections
}

function rowsBelow(path: string, { properties = {}, required = [] }: Schema): Row[] {
  return Object.entries(properties).flatMap(([name, schema]) => rowsOf(`${path}.${name}`, schema, required.includes(name)))
}

/** A field, or all fields below it where it is an object, one of several objects, or a list of them. */
function rowsOf(path: string, schema: Schema, required: boolean): Row[] {
  if (schema.properties !== undefined) return rowsBelow(path, schema)
  if (schema.type === 'array') {
    const item = schema.items ?? {}
    const below = item.properties === undefined ? [] : rowsBelow(`${path}[]`, item)
    return [rowOf(`${path}[]`, schema, required), ...below]
  }
  const variants = (schema.anyOf ?? []).filter(({ properties }) => properties !== undefined)
  if (variants.length < 2) return [rowOf(path, schema, required)]
  const merged = Object.assign({}, ...variants.map(({ properties }) => properties)) as Record<string, Schema>
  const whole = (schema.default ?? {}) as Record<string, unknown>
  return Object.entries(merged).flatMap(([name, each]) => rowsOf(`${path}.${name}`, Object.hasOwn(whole, name) ? { ...each, default: whole[name] } : each, false))
}

function rowOf(path: string, schema: Schema, required: boolean): Row {
  if (schema.description === undefined) throw new Error(`${path} has no description: src/integrations/settings.ts is its place.`)
  const fallback = schema.default === undefined ? required ? 'required' : '–' : `\`${JSON.stringify(schema.default)}\``
  return { field: path.replace(/^[^.]+\./, ''), fallback, takes: takesOf(schema), description: schema.description }
}

function takesOf(schema: Schema): string {
  const { type, enum: values, format, minimum, maximum, items, anyOf } = schema
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ')
  if (anyOf !== undefined) return [...new Set(anyOf.map(takesOf))].join(' or ')
  if (type === 'array') return `list of ${items?.enum === undefined ? items?.properties === undefined ? takesOf(items ?? {}) : 'objects' : takesOf(items)}`
  if (format === 'uri') return 'URL'
  if (format === 'email') return 'email address'
  if (format === 'uuid') return 'id'
  if (type === 'integer' || type === 'number') return [type === 'integer' ? 'whole number' : 'number', rangeOf(minimum, maximum)].filter(Boolean).join(' ')
  const words: Record<string, string> = { string: 'text', boolean: '`true`, `false`', object: 'object', null: '`null`' }
  return words[type ?? ''] ?? 'any JSON'
}

function rangeOf(minimum: number | undefined, maximum: number | undefined): string {
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
  if (minimum !== undefined && bounded) return `${minimum}–${maximum}`
  return minimum === undefined ? '' : `from ${minimum}`
}

function tableOf(rows: Row[]): string {
  const cells = rows.map(({ field, fallback, takes, description }) => `| \`${field}\` | ${fallback} | ${takes} | ${description} |`.replaceAll(/\|(?=\|)/g, '\\|'))
  return `| field | default | takes | what it does |\n|---|---|---|---|\n${cells.join('\n')}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('../docs/integrations.md', import.meta.url)
  await writeFile(file, integrationsPage(await readFile(file, 'utf8')))
}
