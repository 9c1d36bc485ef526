import { Text } from '@mantine/core'
import { useRef, useState } from 'react'
import { LineEditor } from '../../../components/code/line-editor.tsx'
import { SchemaForm, type StandIn, type StandInViewProps } from '../../../components/form/schema-form.tsx'
import { hasFields, hideSecrets, withoutBlanks } from '../../../components/form/secrets.ts'
import type { Integration } from '../../../hub/client.ts'
import { useGet, useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { isSame, valueAt } from '../document/edits.ts'
import { isMembers, type Task } from '../graph/tasks.ts'
import { texts } from '../texts.ts'
import { usePanel } from './context.ts'
import { FieldView } from './field-view.tsx'
import type { Field } from './field.ts'
import { Preview } from './preview.tsx'

interface InputProps {
  /** From the task. */
  path?: string
  /** Where expressions are not evaluated. */
  isFixed?: boolean
}

const plainField = (path: string): Field => ({ path, label: texts.fields.with, as: 'map' })

/** What an operation is called with: by a form of its schema, in which expressions may stand for values. */
export function OperationInput({ call, path = '/with', isFixed = false }: InputProps & { call: string }) {
  const { can } = useTenant()
  const [name = '', operation = ''] = [call.slice(0, call.indexOf('/')), call.slice(call.indexOf('/') + 1)]
  const list = useRows('/api/v1/integrations', { query: { q: name, limit: 50 } }, { enabled: can('integrations:read') })
  const integration = list.rows?.find((each) => each.name === name || each.id === name)
  const plain = <FieldView field={plainField(path)} />
  if (!can('integrations:read') || !can('connectors:read') || list.error !== null) return plain
  if (list.rows === undefined) return null
  if (integration === undefined) return <><Text size="sm" c="dimmed">{texts.noSuchIntegration(name)}</Text>{plain}</>
  return <BySchema key={call} integration={integration} operation={operation} path={path} isFixed={isFixed} />
}

function BySchema({ integration: { connector }, operation, path, isFixed }: Required<InputProps> & { integration: Integration, operation: string }) {
  const { data, error } = useGet('/api/v1/connectors/{id}/operations/{operation}', { path: { id: connector, operation } }, { staleTime: 300_000 })
  if (error !== null) return <><Text size="sm" c="dimmed">{error.message}</Text><FieldView field={plainField(path)} /></>
  if (data === undefined) return null
  return (
    <>
      {data.summary !== '' && <Text size="sm">{data.summary}</Text>}
      <SchemaInput field={plainField(path)} schema={data.input} isFixed={isFixed} />
    </>
  )
}

/** What a function is called with: by the schema of its input, where it has one. */
export function FunctionInput({ field, called }: { field: Field, called: Task | undefined }) {
  return <SchemaInput field={field} schema={called === undefined ? undefined : valueAt(called.definition, '/input/schema/document')} />
}

/** A form where the schema has fields and the document fits one, else the plain field. */
export function SchemaInput({ field, schema, isFixed = false }: Pick<InputProps, 'isFixed'> & { field: Field, schema: unknown }) {
  const { task } = usePanel()
  const given = valueAt(task.definition, field.path)
  return isMembers(schema) && hasFields(schema) && (given === undefined || isMembers(given)) ? <Form path={field.path} schema={schema} value={given} isFixed={isFixed} /> : <FieldView field={field} />
}

const PAUSE_MS = 300

function Form({ path, schema, value, isFixed }: Required<InputProps> & { schema: Record<string, unknown>, value: unknown }) {
  const { set } = usePanel()
  const [typed, setTyped] = useState<unknown>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const type = (next: unknown): void => {
    // A form also tells of what it made itself.
    if (isSame(withoutBlanks(next), withoutBlanks(typed ?? value ?? {}))) return
    setTyped(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      const cleaned = withoutBlanks(next)
      set(path, Object.keys(cleaned).length === 0 ? undefined : cleaned)
      setTyped(undefined)
    }, PAUSE_MS)
  }
  return <SchemaForm schema={schema} ui={hideSecrets(schema)} value={typed ?? value ?? {}} onChange={type} {...!isFixed && { stand }} idPrefix={path.slice(1).replaceAll('/', '-')} />
}

function ExpressionView({ label, value, onChange }: StandInViewProps) {
  const { suggestAt } = usePanel()
  return (
    <>
      <LineEditor label={label} value={value} onChange={onChange} suggest={suggestAt('input', false)} />
      <Preview value={value} isBare={false} moment="input" />
    </>
  )
}

const stand: StandIn = { opening: '${', start: '${ . }', choose: texts.useExpression, leave: texts.useValue, View: ExpressionView }
