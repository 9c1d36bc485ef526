import { ActionIcon, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { errorAt } from '../../../components/form/problem-errors.ts'
import { texts } from '../texts.ts'

interface ProgramsProps {
  label: string
  help: string
  example: string
  add: string
  /** Of the list, in the body that is sent. */
  pointer: string
  error: Error | null
  value: string[]
  disabled: boolean
  onChange(value: string[]): void
}

/** jq programs, in their order. */
export function Programs({ label, help, example, add, pointer, error, value, disabled, onChange }: ProgramsProps) {
  return (
    <Stack gap={6} role="group" aria-label={label}>
      <div><Text size="sm" fw={500}>{label}</Text><Text size="xs" c="dimmed">{help}</Text></div>
      {value.map((program, at) => (
        // Programs have no names: their place is what tells them apart.
        // oxlint-disable-next-line react/no-array-index-key
        <Group key={at} gap={6} wrap="nowrap" align="flex-start">
          <Textarea aria-label={texts.nth(label, at + 1)} placeholder={example} minRows={1} style={{ flex: 1 }} value={program} disabled={disabled} error={errorAt(error, `${pointer}/${at}`)} spellCheck={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
            onChange={(event) => { onChange(value.with(at, event.currentTarget.value)) }} />
          {!disabled && <ActionIcon mt={4} aria-label={texts.removeNth(label, at + 1)} onClick={() => { onChange(value.toSpliced(at, 1)) }}><X size={14} /></ActionIcon>}
        </Group>
      ))}
      {errorAt(error, pointer) !== undefined && <Text size="xs" c="red">{errorAt(error, pointer)}</Text>}
      {!disabled && <Group><Button variant="default" leftSection={<Plus size={14} />} onClick={() => { onChange([...value, '']) }}>{add}</Button></Group>}
    </Stack>
  )
}
