import { Button, Group, Skeleton } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { Pause, Play, PlugZap, Trash2 } from 'lucide-react'
import { Suspense, useState } from 'react'
import { Coming, Loaded } from '../../components/loading.tsx'
import { Logo } from '../../components/logo.tsx'
import { Page } from '../../components/page.tsx'
import { Status } from '../../components/status.tsx'
import { TabStrip } from '../../components/tab-strip.tsx'
import type { Integration } from '../../hub/client.ts'
import { useLogos } from '../../hub/logos.ts'
import { useGet } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { useSetStatus, useTest } from './deeds.ts'
import { DeleteIntegrations } from './delete-integrations.tsx'
import { healthOf, healthTone, statusTone } from './rows.ts'
import { texts } from './texts.ts'
import { lazily } from '../../components/lazily.ts'

type Part = keyof typeof texts.parts

// Each comes when it is opened: forms and editors are the heaviest of all.
const parts: Record<Part, React.LazyExoticComponent<React.ComponentType<{ integration: Integration }>>> = {
  overview: lazily(async () => (await import('./overview-part.tsx')).OverviewPart),
  explore: lazily(async () => (await import('./explorer/explore-part.tsx')).ExplorePart),
  executions: lazily(async () => (await import('./executions-part.tsx')).ExecutionsPart),
  configuration: lazily(async () => (await import('./settings/configuration-part.tsx')).ConfigurationPart),
  policies: lazily(async () => (await import('./settings/policies-part.tsx')).PoliciesPart),
  versions: lazily(async () => (await import('./versions-part.tsx')).VersionsPart),
  log: lazily(async () => (await import('./log-part.tsx')).LogPart),
}

const AgentOfIntegration = lazily(async () => (await import('../agents/parts.tsx')).AgentOfIntegration)

export function IntegrationPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const path = usePath()
  const { can } = useTenant()
  const [{ part }] = useUrl<'part'>()
  const query = useGet('/api/v1/integrations/{id}', { path: { id } })
  const logoOf = useLogos()
  const shown: Part = part !== undefined && part in parts ? part as Part : 'overview'
  const offered = (Object.keys(parts) as Part[]).filter((each) => (each === 'executions' ? can('executions:read') : true))
  const PartShown = parts[shown]
  const integration = query.data
  return (
    <Page title={integration?.name ?? texts.tab} mark={integration && <Logo src={logoOf(integration.connector)} size={40} />} crumbs={[{ label: texts.hub, to: path('integrations') }]}
      isComing={query.isPending} subtitle={integration && <State integration={integration} />} actions={integration && <>{can('agents:write') && integration.connector !== 'ai-service' && <Suspense fallback={<Skeleton width={212} height={30} />}><AgentOfIntegration integration={integration} /></Suspense>}{can('integrations:write') && <Actions integration={integration} />}</>}>
      <TabStrip label={texts.partsLabel} tabs={offered.map((each) => ({ key: each, label: texts.parts[each], to: path(`integrations/${id}`, each === 'overview' ? {} : { part: each }), isCurrent: each === shown }))} />
      <Loaded query={query} list={{ label: texts.tab, to: path('integrations') }}>{(data) => <Suspense fallback={<Coming height={160} />}><PartShown integration={data} key={data.id} /></Suspense>}</Loaded>
    </Page>
  )
}

function State({ integration }: { integration: Integration }) {
  const health = healthOf(integration)
  return (
    <Group gap="md">
      <Status tone={statusTone[integration.metadata.status]}>{texts.statuses[integration.metadata.status]}</Status>
      <Status tone={healthTone[health]}>{texts.healths[health]}</Status>
      {integration.connector !== integration.name.toLowerCase() && <span>{integration.connector}</span>}
    </Group>
  )
}

function Actions({ integration }: { integration: Integration }) {
  const test = useTest()
  const setStatus = useSetStatus()
  const go = useGo()
  const path = usePath()
  const [isDeleting, setDeleting] = useState(false)
  const isActive = integration.metadata.status === 'active'
  return (
    <>
      <Button variant="default" leftSection={<PlugZap size={14} />} loading={test.isPending} onClick={() => { test.mutate([integration]) }}>{texts.test}</Button>
      <Button variant="default" leftSection={isActive ? <Pause size={14} /> : <Play size={14} />} loading={setStatus.isPending} onClick={() => { setStatus.mutate({ items: [integration], status: isActive ? 'inactive' : 'active' }) }}>{isActive ? texts.pause : texts.activate}</Button>
      <Button variant="default" leftSection={<Trash2 size={14} />} onClick={() => { setDeleting(true) }}>{texts.delete}</Button>
      {isDeleting && <DeleteIntegrations rows={[integration]} onClose={() => { setDeleting(false) }} onDone={() => { go(path('integrations')) }} />}
    </>
  )
}
