import { ActionIcon, Group, Stack, Text } from '@mantine/core'
import type { FieldProps } from '@rjsf/utils'
import { Braces, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { StandIn } from './schema-form.tsx'

/** A field, or what stands in for its value; a button leads from one to the other. */
export function StandInField({ stand: { opening, start, choose, leave, View }, field: { formData, onChange, fieldPathId, schema, name, required }, children }: { stand: StandIn, field: FieldProps, children: ReactNode }) {
  const label = schema.title ?? name
  const set = (value: unknown): void => { onChange(value, fieldPathId.path) }
  if (typeof formData !== 'string' || !formData.trimStart().startsWith(opening)) {
    return (
      <div className="app-over">
        {children}
        <ActionIcon size={24} className="app-stand-in" aria-label={choose(label)} title={choose(label)} onClick={() => { set(start) }}><Braces size={13} /></ActionIcon>
      </div>
    )
  }
  return (
    <Stack gap={3}>
      <Group gap={4} justify="space-between">
        <Text size="sm" fw={600} component="span">{label}{required === true && <span aria-hidden style={{ color: 'var(--app-bad)' }}> *</span>}</Text>
        <ActionIcon size="sm" aria-label={`${leave}: ${label}`} title={leave} onClick={() => { set(undefined) }}><X size={13} /></ActionIcon>
      </Group>
      <View label={label} value={formData} onChange={set} />
      {schema.description !== undefined && <Text size="xs" c="dimmed" className="app-anywhere">{schema.description}</Text>}
    </Stack>
  )
}
