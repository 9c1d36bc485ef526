/** Properties of a schema that stands in the document. */
import { isMembers, memberOf, type Members } from '../graph/tasks.ts'
import { escapePart } from '../../../lib/pointer.ts'
import { renameKey, setValue, valueAt, type Edited } from './edits.ts'
import { isReadable, readDocument } from './read.ts'

export const requiredIn = (schema: unknown): string[] => {
  const required = memberOf(schema, 'required')
  return Array.isArray(required) ? required.filter((each) => typeof each === 'string') : []
}

export function propertiesIn(schema: unknown): Members {
  const properties = memberOf(schema, 'properties')
  return isMembers(properties) ? properties : {}
}

/** It and its place among those that are needed. Undefined also where another has the name. */
export function renameProperty(text: string, schema: string, { from, to }: { from: string, to: string }): Edited {
  const read = readDocument(text)
  if (!isReadable(read)) return undefined
  const before = valueAt(read.definition, schema)
  if (Object.hasOwn(propertiesIn(before), to)) return undefined
  const renamed = renameKey(text, `${schema}/properties/${escapePart(from)}`, to)
  const required = requiredIn(before)
  return renamed === undefined || !required.includes(from) ? renamed : setValue(renamed, `${schema}/required`, required.map((each) => (each === from ? to : each)))
}

export function setRequired(text: string, schema: string, name: string, isRequired: boolean): Edited {
  const read = readDocument(text)
  if (!isReadable(read)) return undefined
  const others = requiredIn(valueAt(read.definition, schema)).filter((each) => each !== name)
  const after = isRequired ? [...others, name] : others
  return setValue(text, `${schema}/required`, after.length === 0 ? undefined : after)
}

/** With its place among those that are needed. */
export function dropProperty(text: string, schema: string, name: string): Edited {
  const without = setRequired(text, schema, name, false)
  return without === undefined ? undefined : setValue(without, `${schema}/properties/${escapePart(name)}`, undefined)
}
