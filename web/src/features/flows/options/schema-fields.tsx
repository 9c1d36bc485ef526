/** A schema of an object as its fields. What they cannot say is edited as YAML. */
import { Button, Checkbox, Group, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { valueAt } from '../document/edits.ts'
import { dropProperty, propertiesIn, renameProperty, requiredIn, setRequired } from '../document/schema.ts'
import { isMembers, type Members } from '../graph/tasks.ts'
import { escapePart } from '../../../lib/pointer.ts'
import { usePanel } from '../panel/context.ts'
import { FieldView } from '../panel/field-view.tsx'
import { field } from '../panel/field.ts'
import { texts } from '../texts.ts'
import type { DocumentDeeds } from './deeds.ts'
import { Heading, NewName } from './names.tsx'

const { fields: labels, fieldHelp: help } = texts
const types = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const
/** More than fields can say. */
const beyond = ['$ref', 'anyOf', 'oneOf', 'allOf', 'not', 'if', 'patternProperties', 'dependentSchemas', 'const'] as const

const isSimple = (schema: unknown): schema is Members => isMembers(schema) && (types as readonly unknown[]).includes(schema['type']) && !beyond.some((name) => Object.hasOwn(schema, name))
const hasFields = (schema: unknown): boolean => schema === undefined || (isMembers(schema) && (schema['type'] === undefined || schema['type'] === 'object') && !beyond.some((name) => Object.hasOwn(schema, name)))

interface SchemaFieldsProps { path: string, label: string, apply: DocumentDeeds['apply'] }

export function SchemaFields({ path, label, apply }: SchemaFieldsProps) {
  const { task: { definition }, set } = usePanel()
  const [isText, setText] = useState(false)
  const schema = valueAt(definition, path)
  const names = Object.keys(propertiesIn(schema))
  const mayHaveFields = hasFields(schema)
  // A schema without a type takes anything that is no object, too.
  const add = (name: string): void => { if (schema === undefined) set(path, { type: 'object', properties: { [name]: { type: 'string' } } }); else set(`${path}/properties/${escapePart(name)}`, { type: 'string' }) }
  return (
    <Stack gap="xs" role="group" aria-label={label}>
      {!isText && mayHaveFields
        ? <>
            {names.map((name) => <Property key={name} schema={path} name={name} names={names} isRequired={requiredIn(schema).includes(name)} apply={apply} />)}
            <NewName label={texts.newField} taken={names} onAdd={add} />
          </>
        : <FieldView field={field(path, label, 'value', { moment: 'none' })} />}
      {mayHaveFields ? <Group><Button variant="subtle" size="compact-sm" onClick={() => { setText(!isText) }}>{isText ? texts.asFields : texts.asYaml}</Button></Group> : <Text size="xs" c="dimmed">{texts.beyondFields}</Text>}
    </Stack>
  )
}

interface PropertyProps { schema: string, name: string, names: string[], isRequired: boolean, apply: DocumentDeeds['apply'] }

function Property({ schema, name, names, isRequired, apply }: PropertyProps) {
  const { task: { definition }, set } = usePanel()
  const path = `${schema}/properties/${escapePart(name)}`
  const own = valueAt(definition, path)
  const remove = (): void => {
    // Nothing that is left of it says anything.
    if (names.length === 1) set(schema, undefined)
    else apply((text) => dropProperty(text, schema, name))
  }
  return (
    <Stack gap={6} className="app-inset" role="group" aria-label={name}>
      <Heading name={name} taken={names} onRename={(to) => { apply((text) => renameProperty(text, schema, { from: name, to })) }} onRemove={remove}
        beside={isSimple(own) && <Select w={120} label={labels.fieldType} allowDeselect={false} data={types.map((value) => ({ value, label: texts.fieldTypes[value] }))} value={own['type'] as string} onChange={(next) => { set(`${path}/type`, next) }} />} />
      <Checkbox size="xs" label={labels.fieldRequired} checked={isRequired} onChange={(event) => {
        const { checked } = event.currentTarget
        apply((text) => setRequired(text, schema, name, checked))
      }} />
      {isSimple(own) ? <Detail path={path} type={own['type'] as (typeof types)[number]} apply={apply} /> : <FieldView field={field(path, labels.fieldSchema, 'value', { moment: 'none' })} />}
    </Stack>
  )
}

function Detail({ path, type, apply }: { path: string, type: (typeof types)[number], apply: DocumentDeeds['apply'] }) {
  return (
    <>
      <FieldView field={field(`${path}/description`, labels.fieldDescription, 'text')} />
      {type === 'object' && <SchemaFields path={path} label={texts.fieldsWithin} apply={apply} />}
      {type === 'array' && <FieldView field={field(`${path}/items`, labels.fieldItems, 'value', { help: help.fieldItems, moment: 'none' })} />}
      {(type === 'string' || type === 'number' || type === 'integer') && <FieldView field={field(`${path}/enum`, labels.fieldChoices, 'value', { help: help.fieldChoices, moment: 'none' })} />}
    </>
  )
}
