import { ActionIcon, Button, Group, Stack, TagsInput, Text, TextInput, Title } from '@mantine/core'
import { Plus, SquarePen, Trash2, X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { iconOf } from '../graph/icons.ts'
import type { AddPlace } from '../graph/graph.tsx'
import { escapePart, isMembers, memberOf, type Task, type TaskList } from '../graph/tasks.ts'
import type { Extension, Use, UseKind } from '../graph/use.ts'
import { texts } from '../texts.ts'
import { PanelContext, usePanel, type PanelLife } from './context.ts'
import { FieldView } from './field-view.tsx'
import { field, type Field } from './field.ts'
import { errorFields, errorTypes, retryFields, timeoutFields } from './use-fields.ts'
import { useDraft } from './use-draft.ts'

const { fields: labels, fieldHelp: help } = texts

export interface DocumentDeeds {
  set(task: Task, path: string, value: unknown): void
  /** With all that names it. False where the name is taken. */
  renameUse(kind: UseKind, from: string, to: string): boolean
  add(place: AddPlace): void
  addFunction(): void
  open(pointer: string): void
}

export interface DocumentPanelProps { definition: unknown, root: TaskList, use: Use, deeds: DocumentDeeds, onClose(): void }

const about: Field[] = [
  field('/document/title', labels.title, 'text'), field('/document/summary', labels.summary, 'text'), field('/document/name', labels.name, 'text', { required: true, help: help.flowName }), field('/document/namespace', labels.namespace, 'text', { required: true }),
  field('/document/version', labels.version, 'text', { required: true, help: help.version }), field('/timeout', labels.timeout, { reusable: 'timeouts', start: { after: { hours: 1 } } }),
]

/** What each kind of thing has, and begins as. */
const kinds: Record<Exclude<UseKind, 'functions'>, { start: unknown, fieldsOf(path: string, value: unknown): Field[] }> = {
  authentications: { start: { bearer: { token: '' } }, fieldsOf: (path) => [field(path, labels.authentication, 'policy')] },
  errors: { start: { type: errorTypes[0], status: 500, title: '' }, fieldsOf: errorFields },
  retries: { start: { delay: { seconds: 2 }, limit: { attempt: { count: 3 } } }, fieldsOf: retryFields },
  timeouts: { start: { after: { minutes: 1 } }, fieldsOf: timeoutFields },
}

/** What the flow is called, and what its tasks share. */
export function DocumentPanel({ definition, root, use, deeds, onClose }: DocumentPanelProps) {
  const whole: Task = { pointer: '', name: texts.document, kind: undefined, definition: isMembers(definition) ? definition : {}, lists: [], cases: [], next: undefined, parent: undefined, list: root, index: 0 }
  const life: PanelLife = { task: whole, names: use.names, set: (path, value) => { deeds.set(whole, path, value) }, sampleAt: () => undefined, suggestAt: () => () => undefined }
  const isInline = isMembers(whole.definition['timeout'])
  return (
    <PanelContext value={life}>
      <Stack gap="sm" component="section" aria-label={texts.documentPanel} className="app-table-box flow-panel" p="md" mb="sm">
        <Group justify="space-between" wrap="nowrap"><Title order={2}>{texts.documentPanel}</Title><ActionIcon aria-label={texts.closePanel} onClick={onClose}><X size={16} /></ActionIcon></Group>
        <Part title={texts.about} isOpen>{[...about, ...isInline ? [field('/timeout/after', labels.timeoutAfter, 'duration')] : []].map((each) => <FieldView key={each.path} field={each} />)}</Part>
        <Part title={texts.uses.functions} count={use.functions.tasks.length} help={texts.useHelp.functions}><Functions list={use.functions} deeds={deeds} /></Part>
        <Part title={texts.extensions} count={use.extensions.length} help={texts.useHelp.extensions}><Extensions extensions={use.extensions} deeds={deeds} /></Part>
        {(Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) => <Part key={kind} title={texts.uses[kind]} count={use.names[kind].length} help={texts.useHelp[kind]}><Named kind={kind} deeds={deeds} /></Part>)}
        <Part title={texts.secrets} count={use.names.secrets.length} help={texts.useHelp.secrets}><Secrets /></Part>
      </Stack>
    </PanelContext>
  )
}

function Part({ title, count = 0, help: text, isOpen = false, children }: { title: string, count?: number, help?: string, isOpen?: boolean, children: ReactNode }) {
  return (
    <details open={isOpen || undefined}>
      <summary><Text span size="sm" fw={550}>{title}</Text>{count > 0 && <Text span size="sm" c="dimmed"> {count}</Text>}</summary>
      <Stack gap="sm" pt="sm">{text !== undefined && <Text size="xs" c="dimmed">{text}</Text>}{children}</Stack>
    </details>
  )
}

/** A task that is defined beside the flow: its form is opened. */
function TaskRow({ task, onOpen }: { task: Task, onOpen(): void }) {
  const Icon = iconOf(task.kind)
  return (
    <Group gap={8} wrap="nowrap">
      <Icon size={15} aria-hidden /><Text size="sm" fw={550} className="app-clip" flex={1}>{task.name} <Text span size="xs" c="dimmed">{task.kind === undefined ? texts.noKind : texts.kinds[task.kind]}</Text></Text>
      <Button variant="default" size="compact-sm" leftSection={<SquarePen size={13} />} aria-label={texts.editTask(task.name)} onClick={onOpen}>{texts.edit}</Button>
    </Group>
  )
}

function Functions({ list, deeds }: { list: TaskList, deeds: DocumentDeeds }) {
  return (
    <>
      {list.tasks.map((task) => <TaskRow key={task.pointer} task={task} onOpen={() => { deeds.open(task.pointer) }} />)}
      <Group><Button variant="subtle" size="compact-sm" leftSection={<Plus size={13} />} onClick={deeds.addFunction}>{texts.addFunction}</Button></Group>
    </>
  )
}

const extended = ['all', 'call', 'composite', 'emit', 'for', 'listen', 'raise', 'run', 'set', 'switch', 'try', 'wait'] as const

function Extensions({ extensions, deeds }: { extensions: Extension[], deeds: DocumentDeeds }) {
  const { task: { definition }, set } = usePanel()
  const given = memberOf(definition['use'], 'extensions')
  const items = Array.isArray(given) ? given as unknown[] : []
  const names = extensions.map(({ name }) => name)
  return (
    <>
      {extensions.map(({ name, pointer, before, after }, at) => (
        <Stack key={pointer} gap="xs" className="app-inset" role="group" aria-label={name}>
          <Heading name={name} taken={names} onRename={(to) => { set('/use/extensions', items.map((item, index) => (index === at ? { [to]: memberOf(item, name) } : item))) }} onRemove={() => { set('/use/extensions', items.length === 1 ? undefined : items.filter((_item, index) => index !== at)) }} />
          <FieldView field={field(`${pointer}/extend`, labels.extend, { choices: extended }, { required: true })} />
          <FieldView field={field(`${pointer}/when`, labels.if, 'jq', { help: help.extendWhen })} />
          {[before, after].map((list) => (
            <Stack key={list.pointer} gap={6} role="group" aria-label={texts.roles[list.role]}>
              <Text size="sm" fw={600}>{texts.roles[list.role]}</Text>
              {list.tasks.map((task) => <TaskRow key={task.pointer} task={task} onOpen={() => { deeds.open(task.pointer) }} />)}
              <Group><Button variant="subtle" size="compact-sm" leftSection={<Plus size={13} />} onClick={() => { deeds.add({ list, index: list.tasks.length }) }}>{texts.addWithin(texts.roles[list.role])}</Button></Group>
            </Stack>
          ))}
        </Stack>
      ))}
      <NewName label={texts.newName(texts.extensions)} taken={names} onAdd={(name) => { set('/use/extensions', [...items, { [name]: { extend: 'all', before: [{ note: { set: { seen: true } } }] } }]) }} />
    </>
  )
}

function Named({ kind, deeds }: { kind: keyof typeof kinds, deeds: DocumentDeeds }) {
  const { task: { definition }, names, set } = usePanel()
  const { start, fieldsOf } = kinds[kind]
  const all = memberOf(definition['use'], kind)
  return (
    <>
      {names[kind].map((name) => {
        const path = `/use/${kind}/${escapePart(name)}`
        return (
          <Stack key={name} gap="xs" className="app-inset" role="group" aria-label={name}>
            <Heading name={name} taken={names[kind]} onRename={(to) => { deeds.renameUse(kind, name, to) }} onRemove={() => { set(names[kind].length === 1 ? `/use/${kind}` : path, undefined) }} />
            {fieldsOf(path, memberOf(all, name)).map((each) => <FieldView key={each.path} field={each} />)}
          </Stack>
        )
      })}
      <NewName label={texts.newName(texts.uses[kind])} taken={names[kind]} onAdd={(name) => { set(`/use/${kind}/${escapePart(name)}`, start) }} />
    </>
  )
}

function Heading({ name, taken, onRename, onRemove }: { name: string, taken: string[], onRename(to: string): void, onRemove(): void }) {
  const draft = useDraft({ text: name, isSame: (typed) => typed === name, commit(typed) { if (isFree(typed, taken, name) && typed.trim() !== name) onRename(typed.trim()) } })
  return (
    <Group gap={6} wrap="nowrap" align="flex-end">
      <TextInput flex={1} label={labels.name} value={draft.text} error={isFree(draft.text, taken, name) ? undefined : texts.nameTaken} onChange={(event) => { draft.type(event.currentTarget.value) }} onBlur={draft.flush} />
      <ActionIcon size="lg" aria-label={texts.removeMember(name)} onClick={onRemove}><Trash2 size={14} /></ActionIcon>
    </Group>
  )
}

const isFree = (typed: string, taken: string[], own?: string): boolean => typed.trim() !== '' && (typed.trim() === own || !taken.includes(typed.trim()))

function NewName({ label, taken, onAdd }: { label: string, taken: string[], onAdd(name: string): void }) {
  const [name, setName] = useState('')
  const add = (): void => {
    if (!isFree(name, taken)) return
    onAdd(name.trim())
    setName('')
  }
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <TextInput flex={1} aria-label={label} placeholder={label} value={name} error={name !== '' && !isFree(name, taken) ? texts.nameTaken : undefined} onChange={(event) => { setName(event.currentTarget.value) }} onKeyDown={(event) => { if (event.key === 'Enter') add() }} />
      <Button variant="default" disabled={!isFree(name, taken)} onClick={add}>{texts.add}</Button>
    </Group>
  )
}

/** Names or ids of the tenant's credentials. */
function Secrets() {
  const { task: { definition }, names, set } = usePanel()
  const { can } = useTenant()
  const { rows } = useRows('/api/v1/credentials', { query: { limit: 100 } }, { enabled: can('credentials:read') })
  const known = [...new Set((rows ?? []).map(({ name }) => name))]
  const change = (next: string[]): void => { set(next.length === 0 && Object.keys(isMembers(definition['use']) ? definition['use'] : {}).length === 1 ? '/use' : '/use/secrets', next.length === 0 ? undefined : next) }
  return <TagsInput label={texts.secrets} placeholder={texts.secretsPlaceholder} data={known} value={names.secrets} onChange={change} />
}
