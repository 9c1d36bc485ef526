/** What tasks share: under `use`. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { Plus, SquarePen } from 'lucide-react'
import { Tags } from '../../../components/form/tags.tsx'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { renameUse } from '../document/use.ts'
import { iconOf } from '../graph/icons.ts'
import { memberOf, type Task, type TaskList } from '../graph/tasks.ts'
import { escapePart } from '../../../lib/pointer.ts'
import { useKinds, type Extension, type Use, type UseKind } from '../graph/use.ts'
import { usePanel } from '../panel/context.ts'
import { FieldView } from '../panel/field-view.tsx'
import { field, type Field } from '../panel/field.ts'
import { errorFields, errorTypes, retryFields, timeoutFields } from '../panel/use-fields.ts'
import { texts } from '../texts.ts'
import type { DocumentDeeds } from './deeds.ts'
import { Heading, NewName } from './names.tsx'
import { Part } from './part.tsx'

const { fields: labels, fieldHelp: help } = texts

/** What each kind of thing has, and begins as. */
const kinds: Record<Exclude<UseKind, 'functions'>, { start: unknown, fieldsOf(path: string, value: unknown): Field[] }> = {
  authentications: { start: { bearer: { token: '' } }, fieldsOf: (path) => [field(path, labels.authentication, 'policy')] },
  errors: { start: { type: errorTypes[0], status: 500, title: '' }, fieldsOf: errorFields },
  retries: { start: { delay: { seconds: 2 }, limit: { attempt: { count: 3 } } }, fieldsOf: retryFields },
  timeouts: { start: { after: { minutes: 1 } }, fieldsOf: timeoutFields },
  catalogs: { start: { endpoint: 'https://example.com/catalog' }, fieldsOf: (path) => [field(`${path}/endpoint`, labels.endpoint, 'endpoint', { required: true, help: help.catalog })] },
}

export function UseParts({ use, deeds }: { use: Use, deeds: DocumentDeeds }) {
  return (
    <>
      {useKinds.map((kind) => <Part key={kind} title={texts.uses[kind]} count={use.names[kind].length} help={texts.useHelp[kind]}>{kind === 'functions' ? <Functions list={use.functions} deeds={deeds} /> : <Named kind={kind} deeds={deeds} />}</Part>)}
      <Part title={texts.extensions} count={use.extensions.length} help={texts.useHelp.extensions}><Extensions extensions={use.extensions} deeds={deeds} /></Part>
      <Part title={texts.secrets} count={use.names.secrets.length} help={texts.useHelp.secrets}><Secrets /></Part>
    </>
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
            <Heading name={name} taken={names[kind]} onRename={(to) => { deeds.apply((text) => renameUse(text, kind, { from: name, to })) }} onRemove={() => { set(path, undefined) }} />
            {fieldsOf(path, memberOf(all, name)).map((each) => <FieldView key={each.path} field={each} />)}
          </Stack>
        )
      })}
      <NewName label={texts.newName(texts.uses[kind])} taken={names[kind]} onAdd={(name) => { set(`/use/${kind}/${escapePart(name)}`, start) }} />
    </>
  )
}

/** Names or ids of the tenant's credentials. */
function Secrets() {
  const { names, set } = usePanel()
  const { can } = useTenant()
  const { rows } = useRows('/api/v1/credentials', { query: { limit: 100 } }, { enabled: can('credentials:read') })
  const known = [...new Set((rows ?? []).map(({ name }) => name))]
  const change = (next: string[]): void => { set('/use/secrets', next.length === 0 ? undefined : next) }
  return <Tags label={texts.secrets} placeholder={texts.secretsPlaceholder} data={known} value={names.secrets} onChange={change} />
}
