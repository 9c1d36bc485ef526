import { Button, Group, Stack } from '@mantine/core'
import { FlaskConical, Plus, Send } from 'lucide-react'
import { Suspense, type ComponentType } from 'react'
import { lazily } from '../../components/lazily.ts'
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

const views: Record<Part, ComponentType> = { endpoints: EndpointsPart, sources: SourcesPart, events: EventsList, deliveries: DeliveriesList, types: lazily(async () => (await import('./types/types-part.tsx')).TypesPart), live: LivePart }
const ofEvents = new Set<Part>(['events', 'types', 'live'])

const PublishDrawer = lazily(async () => (await import('./publish-drawer.tsx')).PublishDrawer)

export function WebhooksPage() {
  const { can } = useTenant()
  const path = usePath()
  const [{ part, test, publish }, setUrl] = useUrl<'part' | 'test' | 'publish'>()
  const offered = (Object.keys(views) as Part[]).filter((each) => !ofEvents.has(each) || can('events:read'))
  const shown = offered.find((each) => each === part) ?? 'endpoints'
  const View = views[shown]
  const mayWrite = can('webhooks:write')
  const mayPublish = can('events:write')
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="xs">
        <TabStrip label={texts.partsLabel} tabs={offered.map((each) => ({ key: each, label: texts.parts[each], to: path('webhooks', each === 'endpoints' ? {} : { part: each }), isCurrent: each === shown }))} />
        <Group gap="xs">
          {mayPublish && ofEvents.has(shown) && <Button variant="default" leftSection={<Send size={15} />} onClick={() => { setUrl({ publish: 'yes' }) }}>{texts.publish}</Button>}
          {mayWrite && <Button variant="default" leftSection={<FlaskConical size={15} />} onClick={() => { setUrl({ test: 'yes' }) }}>{texts.test}</Button>}
          {mayWrite && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('webhooks/new', shown === 'sources' ? { kind: 'source' } : {})}>{texts.create}</Button>}
        </Group>
      </Group>
      <Suspense fallback={null}><View /></Suspense>
      {mayPublish && publish !== undefined && <Suspense><PublishDrawer onClose={() => { setUrl({ publish: undefined }) }} /></Suspense>}
      {mayWrite && test !== undefined && <TestDrawer onClose={() => { setUrl({ test: undefined }) }} />}
    </Stack>
  )
}
