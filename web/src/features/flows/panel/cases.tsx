import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { LineEditor } from '../../../components/code/line-editor.tsx'
import { freeName } from '../document/edits.ts'
import type { SwitchCase } from '../graph/tasks.ts'
import { texts } from '../texts.ts'
import { usePanel } from './context.ts'
import { nextChoices } from './field-view.tsx'
import { Preview } from './preview.tsx'
import { useDraft } from './use-draft.ts'

/** The cases of a switch in their order: the first that holds is taken. */
export function Cases() {
  const { task, set } = usePanel()
  const cases = Array.isArray(task.definition['switch']) ? task.definition['switch'] as unknown[] : []
  // oxlint-disable-next-line unicorn/no-thenable -- the standard's word
  const add = (): void => { set('/switch', [...cases, { [freeName(task.cases.map(({ name }) => name), 'case')]: { when: '. != null', then: 'continue' } }]) }
  return (
    <Stack gap="sm" role="group" aria-label={texts.cases}>
      <Text size="sm" fw={600}>{texts.cases}</Text>
      {task.cases.map((each, at) => <Case key={at} of={each} index={at} onRemove={cases.length > 1 ? () => { set('/switch', cases.filter((_case, index) => index !== at)) } : undefined} />)}
      <Group><Button variant="subtle" size="compact-sm" leftSection={<Plus size={13} />} onClick={add}>{texts.addCase}</Button></Group>
    </Stack>
  )
}

function Case({ of: { name, when, next, pointer }, index, onRemove }: { of: SwitchCase, index: number, onRemove: (() => void) | undefined }) {
  const { task, set, suggestAt } = usePanel()
  const [isActive, setActive] = useState(false)
  const path = pointer.slice(task.pointer.length)
  const condition = useDraft({ text: when ?? '', isSame: (typed) => typed === (when ?? ''), commit: (typed) => { set(`${path}/when`, typed.trim() === '' ? undefined : typed.trim()) } })
  const rename = useDraft({
    text: name, isSame: (typed) => typed === name,
    commit(typed) {
      const cases = task.definition['switch'] as Record<string, unknown>[]
      if (typed.trim() !== '') set('/switch', cases.map((each, at) => (at === index ? { [typed.trim()]: each[name] } : each)))
    },
  })
  return (
    <Stack gap={6} className="app-inset" role="group" aria-label={`${texts.case}: ${name}`}>
      <Group gap={6} wrap="nowrap" align="flex-end">
        <TextInput label={texts.case} flex={1} value={rename.text} onChange={(event) => { rename.type(event.currentTarget.value) }} onBlur={rename.flush} />
        {onRemove !== undefined && <ActionIcon aria-label={texts.removeCase(name)} onClick={onRemove}><X size={14} /></ActionIcon>}
      </Group>
      <Text size="sm" fw={600} component="span">{texts.fields.when}</Text>
      <LineEditor label={`${texts.fields.when}: ${name}`} placeholder={texts.otherwise} value={condition.text} onChange={condition.type} suggest={suggestAt('input', true)} onFocus={() => { setActive(true) }} onBlur={condition.flush} />
      {isActive && condition.text.trim() !== '' && <Preview value={condition.text.trim()} isBare moment="input" />}
      <Select label={texts.fields.next} aria-label={`${texts.fields.next}: ${name}`} searchable allowDeselect={false} data={nextChoices(task.list.tasks.filter((each) => each !== task).map((each) => each.name))} value={next ?? 'continue'} onChange={(value) => { set(`${path}/then`, value ?? 'continue') }} />
    </Stack>
  )
}
