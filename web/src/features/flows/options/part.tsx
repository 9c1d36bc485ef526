import { ActionIcon, Group, Stack, Text } from '@mantine/core'
import { X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { texts } from '../texts.ts'

interface PieceProps { label: string, onRemove?: (() => void) | undefined, children: ReactNode }

/** One of several that may be taken away again: with its name then. */
export function Piece({ label, onRemove, children }: PieceProps) {
  return (
    <Stack gap="xs" className="app-inset" role="group" aria-label={label}>
      {onRemove !== undefined && <Group justify="space-between" wrap="nowrap"><Text size="sm" fw={600} className="app-anywhere">{label}</Text><ActionIcon size="sm" aria-label={texts.removeMember(label)} onClick={onRemove}><X size={13} /></ActionIcon></Group>}
      {children}
    </Stack>
  )
}

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
