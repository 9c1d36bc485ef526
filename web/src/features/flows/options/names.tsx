/** Names of what stands beside each other: changed, taken away, added. */
import { ActionIcon, Button, Group, TextInput } from '@mantine/core'
import { Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useDraft } from '../panel/use-draft.ts'
import { texts } from '../texts.ts'

const isFree = (typed: string, taken: string[], own?: string): boolean => typed.trim() !== '' && (typed.trim() === own || !taken.includes(typed.trim()))

/** `beside`: between the name and the button that takes it away. */
interface HeadingProps { name: string, taken: string[], beside?: ReactNode, onRename(to: string): void, onRemove(): void }

export function Heading({ name, taken, beside, onRename, onRemove }: HeadingProps) {
  const draft = useDraft({ text: name, isSame: (typed) => typed === name, commit(typed) { if (isFree(typed, taken, name) && typed.trim() !== name) onRename(typed.trim()) } })
  return (
    <Group gap={6} wrap="nowrap" align="flex-end">
      <TextInput flex={1} label={texts.fields.name} value={draft.text} error={isFree(draft.text, taken, name) ? undefined : texts.nameTaken} onChange={(event) => { draft.type(event.currentTarget.value) }} onBlur={draft.flush} />
      {beside}
      <ActionIcon size="lg" aria-label={texts.removeMember(name)} onClick={onRemove}><Trash2 size={14} /></ActionIcon>
    </Group>
  )
}

export function NewName({ label, taken, onAdd }: { label: string, taken: string[], onAdd(name: string): void }) {
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
