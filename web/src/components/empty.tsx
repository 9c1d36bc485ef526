import { Stack, Text, ThemeIcon } from '@mantine/core'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

export interface EmptyProps { icon: LucideIcon, title: string, text?: ReactNode, action?: ReactNode }

/** Nothing here yet, and what to do next. */
export function Empty({ icon: Icon, title, text, action }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <ThemeIcon variant="default" size={44} radius="lg"><Icon size={22} /></ThemeIcon>
      <Text fw={600}>{title}</Text>
      {text !== undefined && <Text c="dimmed" size="sm" maw={460} component="div">{text}</Text>}
      {action}
    </Stack>
  )
}
