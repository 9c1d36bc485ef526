import { Stack, Text } from '@mantine/core'
import { useState, type ReactNode } from 'react'

interface PartProps { title: string, count?: number, help?: string, isOpen?: boolean, children: ReactNode }

/** A part of the settings, folded; drawn once it was unfolded, since each has editors of its own. */
export function Part({ title, count = 0, help, isOpen = false, children }: PartProps) {
  const [isDrawn, setDrawn] = useState(isOpen)
  return (
    <details open={isOpen || undefined} onToggle={({ currentTarget }) => { if (currentTarget.open) setDrawn(true) }}>
      <summary><Text span size="sm" fw={550}>{title}</Text>{count > 0 && <Text span size="sm" c="dimmed"> {count}</Text>}</summary>
      {isDrawn && <Stack gap="sm" pt="sm">{help !== undefined && <Text size="xs" c="dimmed">{help}</Text>}{children}</Stack>}
    </details>
  )
}
