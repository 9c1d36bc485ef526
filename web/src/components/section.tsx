import { Card, Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A part of a page, with its own heading. */
export function Section({ title, text, actions, children }: { title: string, text?: ReactNode, actions?: ReactNode, children: ReactNode }) {
  return (
    <Card component="section" aria-label={title}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs" align="flex-start" className="app-section-head">
          <div className="app-shrink"><Title order={2}>{title}</Title>{text !== undefined && <Text size="sm" c="dimmed" component="div">{text}</Text>}</div>
          {actions !== undefined && <Group gap="xs">{actions}</Group>}
        </Group>
        {children}
      </Stack>
    </Card>
  )
}
