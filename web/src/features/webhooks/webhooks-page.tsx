import { Button, Group, Stack } from '@mantine/core'
import { FlaskConical, Plus } from 'lucide-react'
import type { ComponentType } from 'react'
import { TabStrip } from '../../components/tab-strip.tsx'
import { useTenant } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { DeliveriesList } from './deliveries-list.tsx'
import { EndpointsPart } from './endpoints-part.tsx'
import { EventsList } from './events-list.tsx'
import { LivePart } from './live-part.tsx'
import { SourcesPart } from './sources-part.tsx'
import { TestDrawer } from './test-drawer.tsx'
import { texts } from './texts.ts'

type Part = keyof typeof texts.parts

const views: Record<Part, ComponentType> = { endpoints: EndpointsPart, sources: SourcesPart, events: EventsList, deliveries: DeliveriesList, live: LivePart }

export function WebhooksPage() {
  const { can } = useTenant()
  const path = usePath()
  const [{ part, test }, setUrl] = useUrl<'part' | 'test'>()
  const offered = (Object.keys(views) as Part[]).filter((each) => each !== 'events' && each !== 'live' || can('events:read'))
  const shown = offered.find((each) => each === part) ?? 'endpoints'
  const View = views[shown]
  const mayWrite = can('webhooks:write')
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="xs">
        <TabStrip label={texts.partsLabel} tabs={offered.map((each) => ({ key: each, label: texts.parts[each], to: path('webhooks', each === 'endpoints' ? {} : { part: each }), isCurrent: each === shown }))} />
        {mayWrite && (
          <Group gap="xs">
            <Button variant="default" leftSection={<FlaskConical size={15} />} onClick={() => { setUrl({ test: 'yes' }) }}>{texts.test}</Button>
            <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('webhooks/new', shown === 'sources' ? { kind: 'source' } : {})}>{texts.create}</Button>
          </Group>
        )}
      </Group>
      <View />
      {mayWrite && test !== undefined && <TestDrawer onClose={() => { setUrl({ test: undefined }) }} />}
    </Stack>
  )
}
