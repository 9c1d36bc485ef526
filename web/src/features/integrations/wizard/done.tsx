import { Button, Group, List, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { CircleCheck, Terminal } from 'lucide-react'
import { Section } from '../../../components/section.tsx'
import { useTenant } from '../../../hub/session.ts'
import { formatMs } from '../../../lib/format.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useFirstOperation } from '../parts.tsx'
import type { Outcome } from './setup.tsx'
import { texts } from './texts.ts'

/** It works, what it tells of, and what to do with it. */
export function Done({ outcome: { detail, latencyMs, integration: { id, name, connector, supportedEvents } } }: { outcome: Outcome }) {
  const path = usePath()
  const { can } = useTenant()
  const operation = useFirstOperation(connector)
  return (
    <Section title={texts.steps.done}>
      <Stack align="center" gap="sm" py="md" ta="center">
        <ThemeIcon size={52} radius="xl" variant="default"><CircleCheck size={28} style={{ color: 'var(--app-good)' }} /></ThemeIcon>
        <Title order={3} role="status" dir="auto" className="app-anywhere">{texts.doneTitle(name)}</Title>
        <Text size="sm" c="dimmed">{texts.took(detail, formatMs(latencyMs))}</Text>
        <Text size="sm">{supportedEvents.length === 0 ? texts.noEvents : texts.events}</Text>
        {supportedEvents.length > 0 && <List size="sm" ta="start">{supportedEvents.slice(0, 12).map(({ eventType, description }) => <List.Item key={eventType}><strong>{eventType}</strong> {description}</List.Item>)}</List>}
        <Group gap="xs">
          <Button variant="default" component={RouteLink} to={path('integrations/new')}>{texts.another}</Button>
          <Button variant="default" component={RouteLink} to={path(`integrations/${id}`)}>{texts.open}</Button>
          {can('integrations:run') && <Button leftSection={<Terminal size={15} />} component={RouteLink} to={path(`integrations/${id}`, { part: 'explore', operation })}>{texts.tryIt}</Button>}
        </Group>
      </Stack>
    </Section>
  )
}
