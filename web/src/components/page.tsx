import { Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { RouteLink } from '../routing/link.tsx'

export interface Crumb { label: string, to: string }

export interface PageProps {
  title: string
  /** Beside the title. */
  mark?: ReactNode
  subtitle?: ReactNode
  /** The way back up; without the page itself. */
  crumbs?: Crumb[]
  actions?: ReactNode
  /** What it is about is on its way: room is kept for a subtitle and, on a telephone, for actions. */
  isComing?: boolean
  children: ReactNode
}

export function Page({ title, mark, subtitle, crumbs = [], actions, isComing = false, children }: PageProps) {
  useDocumentTitle(`${title} · Interchange`)
  return (
    <Stack gap="md" component="main" id="main" tabIndex={-1} className="app-page">
      <Stack gap={6}>
        {crumbs.length > 0 && (
          <Group component="nav" aria-label="Breadcrumb" gap={4}>
            {crumbs.map(({ label, to }, at) => (
              <Group key={to} gap={4}>{at > 0 && <ChevronRight size={13} aria-hidden />}<Anchor component={RouteLink} to={to} size="sm" c="dimmed">{label}</Anchor></Group>
            ))}
          </Group>
        )}
        <Group justify="space-between" align="flex-start" gap="sm">
          <Group gap="sm" wrap="nowrap" className="app-shrink">
            {mark}
            <div className="app-shrink">
              <Title order={1} className="app-anywhere" dir="auto">{title}</Title>
              {(subtitle !== undefined || isComing) && <Text c="dimmed" size="sm" component="div" className="app-anywhere">{subtitle ?? '\u00A0'}</Text>}
            </div>
          </Group>
          {actions !== undefined ? <Group gap="xs">{actions}</Group> : isComing && <div className="app-actions-coming" />}
        </Group>
      </Stack>
      {children}
    </Stack>
  )
}
