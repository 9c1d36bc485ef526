import { ActionIcon, Group, Stack, Title } from '@mantine/core'
import { X } from 'lucide-react'
import { useMemo } from 'react'
import { emptiedWith } from '../document/emptied.ts'
import { isMembers, memberOf, type Task, type TaskList } from '../graph/tasks.ts'
import type { Use } from '../graph/use.ts'
import { PanelContext, usePanel, type PanelLife } from '../panel/context.ts'
import { FieldView } from '../panel/field-view.tsx'
import { field, type Field } from '../panel/field.ts'
import { withSuggestions } from '../panel/life.ts'
import { flowSample } from '../sample/sample.ts'
import type { Samples } from '../sample/use-samples.tsx'
import { texts } from '../texts.ts'
import type { DocumentDeeds } from './deeds.ts'
import { Part } from './part.tsx'
import { SchedulePart } from './schedule-part.tsx'
import { SchemaFields } from './schema-fields.tsx'
import { SETTINGS } from './settings.ts'
import { UseParts } from './use-parts.tsx'

const { fields: labels, fieldHelp: help } = texts

export interface DocumentPanelProps {
  definition: unknown
  root: TaskList
  use: Use
  samples: Samples
  /** What began it: the parts that say how it begins are open. */
  isStart: boolean
  deeds: DocumentDeeds
  onClose(): void
}

const about: Field[] = [
  field('/document/title', labels.title, 'text'), field('/document/summary', labels.summary, 'text'), field('/document/name', labels.name, 'text', { required: true, help: help.flowName }), field('/document/namespace', labels.namespace, 'text', { required: true }),
  field('/document/version', labels.version, 'text', { required: true, help: help.version }), field('/document/tags', labels.tags, 'map', { moment: 'none' }),
]

const running: Field[] = [
  field(`${SETTINGS}/concurrency`, labels.concurrency, 'integer', { help: help.concurrency }), field(`${SETTINGS}/orderBy`, labels.orderBy, 'jq', { help: help.orderBy, placeholder: '.customerId' }),
  field(`${SETTINGS}/idempotencyBy`, labels.idempotencyBy, 'jq', { help: help.idempotencyBy, placeholder: '.orderId' }), field(`${SETTINGS}/lifecycleEvents`, labels.lifecycleEvents, { choices: ['none', 'workflow', 'tasks'] }, { help: help.lifecycleEvents }),
  field('/timeout', labels.timeout, { reusable: 'timeouts', start: { after: { hours: 1 } } }),
]

const tool: Field[] = [
  field(`${SETTINGS}/tool/title`, labels.toolTitle, 'text'), field(`${SETTINGS}/tool/readOnly`, labels.readOnly, 'switch', { help: help.readOnly }), field(`${SETTINGS}/tool/destructive`, labels.destructive, 'switch', { help: help.destructive }),
  field(`${SETTINGS}/tool/idempotent`, labels.idempotent, 'switch', { help: help.idempotent }), field(`${SETTINGS}/tool/openWorld`, labels.openWorld, 'switch', { help: help.openWorld }),
]

/** All of a document but its tasks. */
export function DocumentPanel({ definition, root, use, samples: { past }, isStart, deeds, onClose }: DocumentPanelProps) {
  const whole = useMemo((): Task => ({ pointer: '', name: texts.document, kind: undefined, definition: isMembers(definition) ? definition : {}, lists: [], cases: [], next: undefined, parent: undefined, list: root, index: 0 }), [definition, root])
  const life = useMemo((): PanelLife => withSuggestions({
    task: whole, names: use.names, sampleAt: (moment) => (past === undefined ? undefined : flowSample(past, moment)),
    set: (path, value) => { deeds.set(whole, value === undefined ? emptiedWith(definition, path) : path, value) },
  }), [whole, definition, use, past, deeds])
  const isInline = isMembers(memberOf(definition, 'timeout'))
  return (
    <PanelContext value={life}>
      <Stack gap="sm" component="section" aria-label={texts.documentPanel} className="app-table-box flow-panel flow-docked" p="md" mb="sm">
        <Group justify="space-between" wrap="nowrap"><Title order={2}>{texts.documentPanel}</Title><ActionIcon aria-label={texts.closePanel} onClick={onClose}><X size={16} /></ActionIcon></Group>
        <Part title={texts.about} isOpen={!isStart}><Fields of={about} /></Part>
        <Part title={texts.begins} help={texts.beginsHelp} isOpen={isStart}><SchedulePart /></Part>
        <Part title={texts.takes} help={texts.takesHelp} isOpen={isStart}><Data of="input" apply={deeds.apply} /></Part>
        <Part title={texts.gives} help={texts.givesHelp}><Data of="output" apply={deeds.apply} /></Part>
        <Part title={texts.runsHow}><Fields of={[...running, ...isInline ? [field('/timeout/after', labels.timeoutAfter, 'duration')] : []]} /></Part>
        <Part title={texts.asTool} help={texts.asToolHelp}><Fields of={tool} /></Part>
        <UseParts use={use} deeds={deeds} />
      </Stack>
    </PanelContext>
  )
}

const Fields = ({ of }: { of: Field[] }) => of.map((each) => <FieldView key={each.path} field={each} />)

/** What goes in or comes out: its schema, here or elsewhere, and what is made of it. */
function Data({ of, apply }: { of: 'input' | 'output', apply: DocumentDeeds['apply'] }) {
  const { task: { definition } } = usePanel()
  const schema = memberOf(definition[of], 'schema')
  return (
    <>
      {memberOf(schema, 'resource') === undefined ? <SchemaFields path={`/${of}/schema/document`} label={texts.schemaOf[of]} apply={apply} /> : <FieldView field={field(`/${of}/schema/resource/endpoint`, labels.schemaAt, 'endpoint')} />}
      {of === 'input' ? <FieldView field={field('/input/from', labels.from, 'value', { help: help.flowFrom, moment: 'raw' })} /> : <FieldView field={field('/output/as', labels.as, 'value', { help: help.flowAs, moment: 'output' })} />}
    </>
  )
}
