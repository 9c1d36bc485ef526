import { ActionIcon, Alert, Button, Group, List, Menu, Stack, Text, TextInput, Title } from '@mantine/core'
import { ArrowDown, ArrowUp, Copy, CornerDownRight, Ellipsis, Plus, Trash2, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { FlowFinding } from '../../../hub/client.ts'
import { valueAt } from '../document/edits.ts'
import { iconOf } from '../graph/icons.ts'
import type { AddPlace } from '../graph/graph.tsx'
import { allTasks, type Task, type TaskList } from '../graph/tasks.ts'
import type { Use } from '../graph/use.ts'
import { sampleOf, typedSample } from '../sample/sample.ts'
import { SampleChoice, type Samples } from '../sample/use-samples.tsx'
import { texts } from '../texts.ts'
import { Cases } from './cases.tsx'
import { PanelContext, type PanelLife } from './context.ts'
import { DescribedFields } from './described-fields.tsx'
import { FieldView } from './field-view.tsx'
import type { Moment } from './field.ts'
import { fieldsOf, isOperation } from './fields.ts'
import { withSuggestions } from './life.ts'
import { OperationChoice } from './operation-choice.tsx'
import { FunctionInput, OperationInput } from './operation-input.tsx'
import { useDescribed } from './use-described.ts'
import { useDraft } from './use-draft.ts'

export interface TaskDeeds {
  set(task: Task, path: string, value: unknown): void
  /** False where the name is taken. */
  rename(task: Task, name: string): boolean
  add(place: AddPlace): void
  remove(task: Task): void
  move(task: Task, by: number): void
  /** Before the one that is at the place now, in its list or another. */
  moveTo(task: Task, place: AddPlace): void
  copy(task: Task): void
}

export interface TaskPanelProps { task: Task, root: TaskList, use: Use, findings: FlowFinding[], samples: Samples, deeds: TaskDeeds, onClose(): void }

/** What a task is, as a form. */
export function TaskPanel({ task, root, use, findings, samples, deeds, onClose }: TaskPanelProps) {
  const Icon = iconOf(task.kind)
  const { names, functions } = use
  const { own, common } = useMemo(() => fieldsOf(task, names), [task, names])
  const describing = useDescribed(task.definition)
  const isFunction = task.list.role === 'functions'
  const { past, typed } = samples
  const life = useMemo((): PanelLife => {
    const sampleAt: PanelLife['sampleAt'] = (moment: Moment) => (past !== undefined ? sampleOf(past, task, moment) : typed === undefined ? undefined : typedSample(typed, task, moment))
    return withSuggestions({ task, names, sampleAt, set: (path, value) => { deeds.set(task, path, value) } })
  }, [task, names, past, typed, deeds])
  const call = task.definition['call']
  return (
    <PanelContext value={life}>
      <Stack gap="sm" component="section" aria-label={`${texts.task}: ${task.name}`} className="app-table-box flow-panel" p="md">
        <Group justify="space-between" wrap="nowrap">
          <Group gap={8} wrap="nowrap" className="app-shrink"><Icon size={17} aria-hidden /><Title order={2} className="app-clip">{task.name}</Title><Text size="sm" c="dimmed">{isFunction && `${texts.functionOf} · `}{task.kind === undefined ? texts.noKind : texts.kinds[task.kind]}</Text></Group>
          <ActionIcon aria-label={texts.closePanel} onClick={onClose}><X size={16} /></ActionIcon>
        </Group>
        <Deeds task={task} root={root} deeds={deeds} />
        {findings.length > 0 && <Wrong findings={findings} />}
        <NameField task={task} onRename={(name) => deeds.rename(task, name)} />
        {isOperation(call) ? <><OperationChoice /><OperationInput call={call} /></> : describing.ask !== undefined ? <DescribedFields fields={own} describing={describing} /> : own.map((field) => (field.path === '/with' && field.as === 'map' ? <FunctionInput key={field.path} field={field} called={functions.tasks.find(({ name }) => name === call)} /> : <FieldView key={field.path} field={field} />))}
        {task.kind === 'switch' && <Cases />}
        <details open={common.some(({ path }) => path !== '/then' && valueAt(task.definition, path) !== undefined)}>
          <summary><Text span size="sm" fw={550}>{texts.more}</Text></summary>
          <Stack gap="sm" pt="sm">{common.map((field) => <FieldView key={field.path} field={field} />)}</Stack>
        </details>
        <SampleChoice samples={samples} />
      </Stack>
    </PanelContext>
  )
}

function Wrong({ findings }: { findings: FlowFinding[] }) {
  return (
    <Alert color="red" variant="outline" title={texts.findingsLabel} className="app-problem">
      <List size="sm">{findings.map(({ pointer, detail }, at) => <List.Item key={at} className="app-anywhere"><code>{pointer}</code> {detail}</List.Item>)}</List>
    </Alert>
  )
}

function NameField({ task, onRename }: { task: Task, onRename(name: string): boolean }) {
  const [fault, setFault] = useState<string>()
  const draft = useDraft({
    text: task.name, isSame: (typed) => typed === task.name,
    commit(typed) { setFault(typed.trim() === '' || !onRename(typed.trim()) ? texts.nameTaken : undefined) },
  })
  return <TextInput label={texts.fields.name} value={draft.text} error={fault} onChange={(event) => { draft.type(event.currentTarget.value) }} onBlur={draft.flush} />
}

function Deeds({ task, root, deeds }: { task: Task, root: TaskList, deeds: TaskDeeds }) {
  const { list, index, lists } = task
  const isStep = list.role !== 'functions'
  const elsewhere = [root, ...allTasks(root).filter((each) => !`${each.pointer}/`.startsWith(`${task.pointer}/`)).flatMap((each) => each.lists)].filter((each) => each.pointer !== list.pointer)
  return (
    <Group gap={6}>
      {isStep && <Button variant="default" size="compact-sm" leftSection={<Plus size={13} />} onClick={() => { deeds.add({ list, index: index + 1 }) }}>{texts.addAfterThis}</Button>}
      {lists.map((within) => <Button key={within.pointer} variant="default" size="compact-sm" leftSection={<CornerDownRight size={13} />} onClick={() => { deeds.add({ list: within, index: within.tasks.length }) }}>{texts.addWithin(texts.roles[within.role])}</Button>)}
      {isStep && (
        <>
          <ActionIcon variant="default" aria-label={texts.moveUp} disabled={index === 0} onClick={() => { deeds.move(task, -1) }}><ArrowUp size={14} /></ActionIcon>
          <ActionIcon variant="default" aria-label={texts.moveDown} disabled={index === list.tasks.length - 1} onClick={() => { deeds.move(task, 1) }}><ArrowDown size={14} /></ActionIcon>
        </>
      )}
      <Menu>
        <Menu.Target><ActionIcon variant="default" aria-label={texts.moreDeeds}><Ellipsis size={14} /></ActionIcon></Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
          <Menu.Item leftSection={<Copy size={14} />} onClick={() => { deeds.copy(task) }}>{texts.duplicate}</Menu.Item>
          {isStep && elsewhere.length > 0 && <Menu.Label>{texts.moveInto}</Menu.Label>}
          {isStep && elsewhere.slice(0, 40).map((each) => <Menu.Item key={each.pointer} onClick={() => { deeds.moveTo(task, { list: each, index: each.tasks.length }) }}>{each.pointer}</Menu.Item>)}
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={() => { deeds.remove(task) }}>{texts.deleteTask}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}
