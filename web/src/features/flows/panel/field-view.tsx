import { ActionIcon, Button, Group, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import { LineEditor } from '../../../components/code/line-editor.tsx'
import { valueAt } from '../document/edits.ts'
import { directives, isMembers } from '../graph/tasks.ts'
import { escapePart } from '../../../lib/pointer.ts'
import { texts } from '../texts.ts'
import { AuthenticationField, EndpointField } from './authentication-field.tsx'
import { usePanel } from './context.ts'
import type { Field } from './field.ts'
import { Preview } from './preview.tsx'
import { asText, DurationField, IntegerField, labelled, LinesField, ReusableField, TextField, VariantField, type FieldProps } from './typed-fields.tsx'
import { useDraft } from './use-draft.ts'
import { blockText, fits, lineText, parseBlock, parseLine, type Typed } from './written.ts'

/** One field of a task, by its kind. */
export function FieldView({ field }: { field: Field }) {
  const { task, set } = usePanel()
  const value = valueAt(task.definition, field.path)
  const props = { field, value }
  switch (field.as) {
    case 'text': return <TextField {...props} />
    case 'code': return <CodeField {...props} />
    case 'switch': return <SwitchField {...props} />
    case 'next': return <NextField {...props} />
    case 'map': return <MapField {...props} />
    case 'integer': return <IntegerField {...props} />
    case 'duration': return <DurationField {...props} />
    case 'lines': return value === undefined || Array.isArray(value) ? <LinesField {...props} /> : <ExpressionField {...props} field={{ ...field, as: 'value' }} />
    case 'endpoint': return <EndpointField {...props} FieldView={FieldView} />
    case 'authentication': case 'policy': return <AuthenticationField FieldView={FieldView} label={field.label} path={field.path} value={value} isPolicy={field.as === 'policy'} onChange={(policy) => { set(field.path, policy) }} />
    case 'jq': case 'value': case 'line': return <ExpressionField {...props} />
    default: return 'choices' in field.as ? <ChoiceField {...props} choices={field.as.choices} /> : 'variants' in field.as ? <VariantField {...props} variants={field.as.variants} /> : <ReusableField {...props} of={field.as.reusable} start={field.as.start} />
  }
}

function CodeField({ field: { path, label, help }, value }: FieldProps) {
  const { set } = usePanel()
  const text = asText(value)
  const draft = useDraft({ text, isSame: (typed) => typed === text, commit: (typed) => { set(path, typed === '' ? undefined : typed) } })
  return <Textarea label={label} description={help} classNames={{ input: 'app-mono' }} minRows={3} maxRows={14} value={draft.text} onChange={(event) => { draft.type(event.currentTarget.value) }} onBlur={draft.flush} />
}

function SwitchField({ field: { path, label, help }, value }: FieldProps) {
  const { set } = usePanel()
  const isOn = value === true || (value === undefined && path === '/run/await')
  return <Switch label={label} description={help} checked={isOn} onChange={(event) => { set(path, event.currentTarget.checked) }} />
}

function ChoiceField({ field, value, choices }: FieldProps & { choices: readonly string[] }) {
  const { set } = usePanel()
  const given = typeof value === 'string' ? value : null
  return <Select {...labelled(field)} clearable={field.required !== true} allowDeselect={field.required !== true} data={[...new Set([...choices, ...given === null ? [] : [given]])]} value={given} onChange={(next) => { set(field.path, next ?? undefined) }} />
}

/** Tasks beside it, and the ways out of its list. */
export function nextChoices(names: string[]): { group: string, items: { value: string, label: string }[] }[] {
  return [
    { group: texts.directions, items: directives.map((value) => ({ value, label: texts.directives[value] })) },
    { group: texts.tasks, items: names.map((value) => ({ value, label: value })) },
  ]
}

function NextField({ field: { path, label, help }, value }: FieldProps) {
  const { task, set } = usePanel()
  const beside = task.list.role === 'branches' ? [] : task.list.tasks.filter((each) => each !== task).map(({ name }) => name)
  return <Select label={label} description={help} clearable searchable placeholder={texts.directives.continue} data={nextChoices(beside)} value={typeof value === 'string' ? value : null} onChange={(next) => { set(path, next ?? undefined) }} />
}

interface LabelledProps { label: string, help?: string | undefined, required?: boolean | undefined, fault?: string | undefined, children: ReactNode }

function Labelled({ label, help, required = false, fault, children }: LabelledProps) {
  const id = useId()
  return (
    <Stack gap={3} role="group" aria-labelledby={id}>
      <Text id={id} size="sm" fw={600}>{label}{required && <span aria-hidden style={{ color: 'var(--app-bad)' }}> *</span>}</Text>
      {help !== undefined && <Text size="xs" c="dimmed">{help}</Text>}
      {children}
      {fault !== undefined && <Text size="xs" role="alert" style={{ color: 'var(--app-bad)' }}>{fault}</Text>}
    </Stack>
  )
}

/** jq, or anything as YAML. The preview comes when one is in it. */
function ExpressionField({ field: { path, label, help, as, moment = 'input', placeholder, required }, value }: FieldProps) {
  const { set, suggestAt } = usePanel()
  const isBare = as === 'jq'
  const isLine = as === 'line'
  const parse = (text: string): Typed => (isBare ? { value: text.trim() === '' ? undefined : text.trim() } : isLine ? text === '' ? { value: undefined } : parseLine(text) : parseBlock(text))
  const [isActive, setActive] = useState(false)
  const draft = useDraft({
    text: isBare ? asText(value) : isLine ? lineText(value) : blockText(value), isSame: (typed) => fits(parse(typed), value),
    commit(typed) {
      const parsed = parse(typed)
      if ('value' in parsed) set(path, parsed.value)
    },
  })
  const parsed = parse(draft.text)
  const isTried = isBare ? draft.text.trim() !== '' : draft.text.includes('${') || (isActive && /^\/(?:input|output|export)\//.test(path) && draft.text !== '')
  return (
    <Labelled label={label} help={help} required={required} fault={'fault' in parsed ? parsed.fault : undefined}>
      <LineEditor label={label} isBlock={!isBare && !isLine} value={draft.text} onChange={draft.type} suggest={suggestAt(moment, isBare)} {...placeholder !== undefined && { placeholder }} onFocus={() => { setActive(true) }} onBlur={draft.flush} />
      {isActive && isTried && 'value' in parsed && <Preview value={parsed.value} isBare={isBare} moment={moment} />}
    </Labelled>
  )
}

/** Names with values. Where something else stands, such as one expression for all, that is edited. */
function MapField({ field, value }: FieldProps) {
  const { set } = usePanel()
  const [isAdding, setAdding] = useState(false)
  if (value !== undefined && value !== null && !isMembers(value)) return <ExpressionField field={{ ...field, as: 'value' }} value={value} />
  const entries = Object.entries(value ?? {})
  return (
    <Labelled label={field.label} help={field.help}>
      {entries.map(([name, each]) => <MemberField key={name} field={field} name={name} value={each} names={entries.map(([other]) => other)} />)}
      {isAdding || entries.length === 0
        ? <NewMember onAdd={(name) => {
            set(`${field.path}/${escapePart(name)}`, '')
            setAdding(false)
          }} taken={entries.map(([name]) => name)} />
        : <Group><Button variant="subtle" size="compact-sm" leftSection={<Plus size={13} />} onClick={() => { setAdding(true) }}>{texts.addMember}</Button></Group>}
    </Labelled>
  )
}

function NewMember({ taken, onAdd }: { taken: string[], onAdd(name: string): void }) {
  const [name, setName] = useState('')
  const isTaken = taken.includes(name.trim())
  const add = (): void => { if (name.trim() !== '' && !isTaken) onAdd(name.trim()) }
  return (
    <Group gap={6} wrap="nowrap">
      <TextInput aria-label={texts.memberName} placeholder={texts.memberName} flex={1} value={name} error={isTaken} onChange={(event) => { setName(event.currentTarget.value) }} onKeyDown={(event) => { if (event.key === 'Enter') add() }} />
      <Button variant="default" disabled={name.trim() === '' || isTaken} onClick={add}>{texts.add}</Button>
    </Group>
  )
}

function MemberField({ field: { path, label, moment = 'input' }, name, value, names }: { field: Field, name: string, value: unknown, names: string[] }) {
  const { set, suggestAt, task } = usePanel()
  const [isActive, setActive] = useState(false)
  const own = `${path}/${escapePart(name)}`
  const draft = useDraft({
    text: lineText(value), isSame: (typed) => fits(parseLine(typed), value),
    commit(typed) {
      const parsed = parseLine(typed)
      if ('value' in parsed) set(own, parsed.value)
    },
  })
  const parsed = parseLine(draft.text)
  const remove = (): void => { set(names.length === 1 ? path : own, names.length === 1 && path !== '/set' ? undefined : names.length === 1 ? {} : undefined) }
  return (
    <Stack gap={3} role="group" aria-label={name}>
      <Group gap={6} wrap="nowrap" justify="space-between">
        <Text size="xs" fw={550} className="app-mono app-anywhere" component="span">{name}</Text>
        <ActionIcon size="sm" aria-label={texts.removeMember(name)} onClick={remove}><X size={13} /></ActionIcon>
      </Group>
      <LineEditor key={task.pointer} label={`${label}: ${name}`} value={draft.text} onChange={draft.type} suggest={suggestAt(moment, false)} onFocus={() => { setActive(true) }} onBlur={draft.flush} />
      {'fault' in parsed && <Text size="xs" role="alert" style={{ color: 'var(--app-bad)' }}>{parsed.fault}</Text>}
      {isActive && draft.text.includes('${') && 'value' in parsed && <Preview value={parsed.value} isBare={false} moment={moment} />}
    </Stack>
  )
}
