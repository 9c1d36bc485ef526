/** Fields that know what may stand in them: numbers, times, lines, one of several. */
import { Autocomplete, Group, Select, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { isMembers } from '../graph/tasks.ts'
import { texts } from '../texts.ts'
import { usePanel } from './context.ts'
import type { Field, Variants } from './field.ts'
import type { UseKind } from '../graph/use.ts'
import { useDraft } from './use-draft.ts'
import { blockText, fits, parseBlock, type Typed } from './written.ts'

export interface FieldProps { field: Field, value: unknown }

/** As Mantine's inputs take them. */
export const labelled = ({ label, help, placeholder, required }: Field) => ({ label, description: help, ...placeholder !== undefined && { placeholder }, ...required === true && { withAsterisk: true, 'aria-required': true } as const })

export const asText = (value: unknown): string => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value))

export function TextField({ field, value }: FieldProps) {
  const { set } = usePanel()
  const text = asText(value)
  const draft = useDraft({ text, isSame: (typed) => typed === text, commit: (typed) => { set(field.path, typed === '' ? undefined : typed) } })
  const { summaries } = field
  if (field.suggestions !== undefined) return <Autocomplete {...labelled(field)} {...summaries !== undefined && { renderOption: ({ option }) => <Offer name={option.value} summary={summaries.get(option.value) ?? ''} /> }} limit={60} data={field.suggestions} value={draft.text} onChange={draft.type} onBlur={draft.flush} />
  return <TextInput {...labelled(field)} value={draft.text} onChange={(event) => { draft.type(event.currentTarget.value) }} onBlur={draft.flush} />
}

const Offer = ({ name, summary }: { name: string, summary: string }) => <div><Text size="sm" className="app-anywhere">{name}</Text>{summary !== '' && <Text size="xs" c="dimmed" className="app-anywhere">{summary}</Text>}</div>

/** What is typed, handed on where it means something. */
function useTyped({ path }: Field, value: unknown, text: string, parse: (typed: string) => Typed) {
  const { set } = usePanel()
  const draft = useDraft({
    text, isSame: (typed) => fits(parse(typed), value),
    commit(typed) {
      const parsed = parse(typed)
      if ('value' in parsed) set(path, parsed.value)
    },
  })
  const parsed = parse(draft.text)
  return { draft, error: 'fault' in parsed ? parsed.fault : undefined }
}

const isExpression = (text: string): boolean => text.startsWith('${')

function parseInteger(text: string): Typed {
  const trimmed = text.trim()
  if (trimmed === '') return { value: undefined }
  return /^-?\d{1,15}$/.test(trimmed) ? { value: Number(trimmed) } : isExpression(trimmed) ? { value: trimmed } : { fault: texts.noInteger }
}

export function IntegerField({ field, value }: FieldProps) {
  const { draft, error } = useTyped(field, value, asText(value), parseInteger)
  return <TextInput {...labelled(field)} error={error} value={draft.text} onChange={(event) => { draft.type(event.currentTarget.value) }} onBlur={draft.flush} />
}

const units = ['milliseconds', 'seconds', 'minutes', 'hours', 'days'] as const
type Unit = (typeof units)[number]

/** `{ seconds: 5 }`; anything else a duration may be is written as it is. */
function inOneUnit(value: unknown): [unit: Unit, count: number] | undefined {
  const [[unit, count] = [], ...more] = isMembers(value) ? Object.entries(value) : []
  return more.length === 0 && typeof count === 'number' && (units as readonly (string | undefined)[]).includes(unit) ? [unit as Unit, count] : undefined
}

export function DurationField({ field, value }: FieldProps) {
  const { set } = usePanel()
  const one = inOneUnit(value)
  const [chosen, setChosen] = useState<Unit>('seconds')
  const unit = one?.[0] ?? chosen
  const { draft, error } = useTyped(field, value, one === undefined ? blockText(value) : String(one[1]), (typed) => {
    const trimmed = typed.trim()
    if (/^\d+(?:\.\d+)?$/.test(trimmed)) return { value: { [unit]: Number(trimmed) } }
    if (/^P[\dTYMWDHS.]+$/.test(trimmed)) return { value: trimmed }
    const parsed = parseBlock(typed)
    return 'fault' in parsed || parsed.value === undefined || isMembers(parsed.value) || (typeof parsed.value === 'string' && isExpression(parsed.value)) ? parsed : { fault: texts.noDuration }
  })
  const change = (next: string | null): void => {
    setChosen((next ?? 'seconds') as Unit)
    if (one !== undefined && next !== null) set(field.path, { [next]: one[1] })
  }
  return (
    <Group gap={6} wrap="nowrap" align="flex-end">
      <TextInput flex={1} {...labelled(field)} error={error} value={draft.text} onChange={(event) => { draft.type(event.currentTarget.value) }} onBlur={draft.flush} />
      {(one !== undefined || value === undefined) && <Select w={130} aria-label={`${field.label}: ${texts.unit}`} allowDeselect={false} data={units.map((each) => ({ value: each, label: texts.units[each] }))} value={unit} onChange={change} />}
    </Group>
  )
}

export function LinesField({ field, value }: FieldProps) {
  const parse = (typed: string): Typed => {
    const lines = typed.split('\n').map((line) => line.trim()).filter((line) => line !== '')
    return { value: lines.length === 0 ? undefined : lines }
  }
  const { draft } = useTyped({ ...field }, value, Array.isArray(value) ? value.map(asText).join('\n') : asText(value), parse)
  return <Textarea {...labelled({ ...field, help: field.help ?? texts.oneALine })} autosize minRows={2} maxRows={8} value={draft.text} onChange={(event) => { draft.type(event.currentTarget.value) }} onBlur={draft.flush} />
}

/** One of several members takes the others' place. */
export function VariantField({ field, value, variants }: FieldProps & { variants: Variants }) {
  const { set } = usePanel()
  const members = isMembers(value) ? value : {}
  const chosen = Object.keys(variants).find((name) => Object.hasOwn(members, name)) ?? null
  const change = (next: string | null): void => {
    const rest = Object.fromEntries(Object.entries(members).filter(([name]) => !Object.hasOwn(variants, name)))
    const made = next === null ? rest : { ...rest, [next]: variants[next]!.start }
    set(field.path, Object.keys(made).length === 0 ? undefined : made)
  }
  return <Select {...labelled(field)} clearable={field.required !== true} allowDeselect={false} data={Object.entries(variants).map(([name, { label }]) => ({ value: name, label }))} value={chosen} onChange={change} />
}

const HERE = '#here'

/** The name of something under `use`, or the thing itself, whose fields come below. */
export function ReusableField({ field, value, of, start }: FieldProps & { of: UseKind, start: unknown }) {
  const { set, names } = usePanel()
  const named = typeof value === 'string' ? [...new Set([...names[of], value])] : names[of]
  const data = [{ value: HERE, label: texts.writtenHere }, ...named.length > 0 ? [{ group: texts.uses[of], items: named }] : []]
  return <Select {...labelled(field)} clearable data={data} value={value === undefined || value === null ? null : typeof value === 'string' ? value : HERE} onChange={(next) => { set(field.path, next === null ? undefined : next === HERE ? start : next) }} />
}
