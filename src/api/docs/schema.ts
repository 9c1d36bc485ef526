/** JSON Schemas for people: a row a property, references as links. */
import type { JsonObject } from '../openapi-schemas.ts'
import { html, Html, join, markdown } from '../html.ts'

/** The component that a schema is, if it is nothing but that. */
export function schemaName(schema: JsonObject): string | undefined {
  const { $ref } = schema
  return typeof $ref === 'string' ? $ref.slice($ref.lastIndexOf('/') + 1) : undefined
}

export function schemaRows(schema: JsonObject): Html {
  const properties = propertiesOf(schema)
  if (properties === undefined) return html`<p class="type">${typeText(schema)}</p>`
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return html`<ul class="properties">${join(properties.map(([name, property]) => propertyRow(name, property, required.includes(name))))}</ul>`
}

function propertyRow(name: string, schema: JsonObject, required: boolean): Html {
  const inner = innerObject(schema)
  const text = html`<code>${name}</code> ${typeText(schema)}${required ? html` <span class="required">required</span>` : ''}${fallback(schema)} ${markdown(String(schema['description'] ?? ''))}`
  return inner === undefined ? html`<li>${text}</li>` : html`<li><details><summary>${text}</summary>${schemaRows(inner)}</details></li>`
}

function fallback({ default: value }: JsonObject): Html | string {
  return value === undefined || value !== null && typeof value === 'object' && Object.keys(value).length === 0 ? '' : html`, <code>${JSON.stringify(value)}</code> unless given.`
}

/** An object's properties, or those of a list's items. */
function innerObject(schema: JsonObject): JsonObject | undefined {
  if (propertiesOf(schema) !== undefined) return schema
  const { items } = schema
  return items !== null && typeof items === 'object' && propertiesOf(items as JsonObject) !== undefined ? items as JsonObject : undefined
}

function propertiesOf({ properties }: JsonObject): [string, JsonObject][] | undefined {
  const entries = Object.entries((properties ?? {}) as Record<string, JsonObject>)
  return entries.length === 0 ? undefined : entries
}

export function typeText(schema: JsonObject): Html {
  const name = schemaName(schema)
  if (name !== undefined) return html`<a href="#schema-${name}">${name}</a>`
  const { enum: values, const: constant, type, format, items, anyOf, oneOf } = schema
  if (constant !== undefined) return html`<code>${JSON.stringify(constant)}</code>`
  if (Array.isArray(values)) return commas(values.map((value) => html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`))
  const alternatives = anyOf ?? oneOf
  if (Array.isArray(alternatives)) return commas(alternatives.map((each) => typeText(each as JsonObject)))
  if (type === 'array') return html`list of ${typeText((items ?? {}) as JsonObject)}`
  const plain = Array.isArray(type) ? type.join(' or ') : typeof type === 'string' ? type : 'anything'
  return html`${plain}${typeof format === 'string' ? ` (${format})` : ''}${limits(schema)}`
}

function limits({ minimum, maximum, maxLength }: JsonObject): string {
  if (typeof minimum === 'number' && typeof maximum === 'number') return `, ${minimum} to ${maximum}`
  if (typeof minimum === 'number') return `, ${minimum} or more`
  if (typeof maximum === 'number') return `, up to ${maximum}`
  return typeof maxLength === 'number' ? `, up to ${maxLength} characters` : ''
}

function commas(pieces: Html[]): Html {
  return new Html(pieces.map(({ text }) => text).join(' or '))
}
