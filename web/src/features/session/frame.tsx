import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Mark } from '../../components/mark.tsx'
import { texts } from './texts.ts'

/** Of the pages before somebody is signed in. */
export function Frame({ title, lead, children }: { title: string, lead?: string, children: ReactNode }) {
  useDocumentTitle(`${title} · ${texts.product}`)
  return (
    <main className="app-center">
      <Stack w="100%" maw={380} gap="lg">
        <Group gap="sm" justify="center"><Mark size={30} /><Text fw={650} size="lg">{texts.product}</Text></Group>
        <Paper p="lg" radius="lg">
          <Stack gap="md">
            <div><Title order={1}>{title}</Title>{lead !== undefined && <Text c="dimmed" size="sm">{lead}</Text>}</div>
            {children}
          </Stack>
        </Paper>
      </Stack>
    </main>
  )
}
