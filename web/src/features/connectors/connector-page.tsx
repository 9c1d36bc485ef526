import { Anchor, Button, Group, List, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { Download, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Facts } from '../../components/facts.tsx'
import { Loaded } from '../../components/loading.tsx'
import { Logo } from '../../components/logo.tsx'
import { Page } from '../../components/page.tsx'
import { Section } from '../../components/section.tsx'
import { TabStrip } from '../../components/tab-strip.tsx'
import { useAction } from '../../hub/action.ts'
import { isProblem, type Connector } from '../../hub/client.ts'
import { useGet, useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatNumber, NONE } from '../../lib/format.ts'
import { plainText } from '../../lib/plain-text.ts'
import { RouteLink, useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { EventsPart } from './events-part.tsx'
import { NotInstalled } from './not-installed.tsx'
import { OperationsPart } from './operations-part.tsx'
import { ReimportPart } from './reimport-part.tsx'
import { texts } from './texts.ts'
import { waysIn } from './ways-in.ts'

type Part = keyof typeof texts.parts

export function ConnectorPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const query = useGet('/api/v1/connectors/{id}', { path: { id } })
  // Of the catalogue, and not in the tenant yet.
  if (isProblem(query.error, 'not_found')) return <NotInstalled id={id} />
  return <Shown id={id} query={query} />
}

function Shown({ id, query }: { id: string, query: ReturnType<typeof useGet<'/api/v1/connectors/{id}'>> }) {
  const path = usePath()
  const { can } = useTenant()
  const [{ part }] = useUrl<'part'>()
  const connector = query.data
  const shown: Part = part !== undefined && part in texts.parts ? part as Part : 'operations'
  const mayReimport = can('connectors:write') && connector !== undefined && connector.origin !== 'built-in'
  return (
    <Page title={connector?.name ?? id} mark={connector && <Logo src={connector.logo} size={44} />} crumbs={[{ label: texts.hub, to: path('integrations') }, { label: texts.connectors, to: path('connectors') }]}
      isComing={query.isPending} subtitle={connector && plainText(connector.description)} actions={connector && <Actions connector={connector} />}>
      <Loaded query={query}>
        {(data) => (
          <>
            <About connector={data} />
            <TabStrip label={texts.partsLabel} tabs={(Object.keys(texts.parts) as Part[]).filter((each) => each !== 'document' || mayReimport).map((each) => ({ key: each, label: texts.parts[each], to: path(`connectors/${encodeURIComponent(id)}`, each === 'operations' ? {} : { part: each }), isCurrent: each === shown }))} />
            {shown === 'operations' && <OperationsPart connector={data} />}
            {shown === 'events' && <EventsPart connector={data} />}
            {shown === 'document' && mayReimport && <ReimportPart connector={data} />}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Actions({ connector: { id, name, origin } }: { connector: Connector }) {
  const path = usePath()
  const go = useGo()
  const { can } = useTenant()
  const [isDeleting, setDeleting] = useState(false)
  const remove = useAction({
    run: ({ hub }) => hub.delete('/api/v1/connectors/{id}', { path: { id } }), changes: ['/api/v1/connectors', '/api/v1/integrations/available'],
    done: () => { go(path('connectors')) },
  })
  return (
    <>
      {can('connectors:write') && origin !== 'built-in' && <Button variant="default" leftSection={<Trash2 size={14} />} onClick={() => { setDeleting(true) }}>{texts.delete}</Button>}
      {can('integrations:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('integrations/new', { connector: id })}>{texts.configure}</Button>}
      <Confirm opened={isDeleting} title={texts.deleteTitle} text={texts.deleteText(name)} action={texts.delete} isPending={remove.isPending} error={remove.error} onConfirm={() => { remove.mutate() }} onClose={() => { setDeleting(false) }} />
    </>
  )
}

function About({ connector }: { connector: Connector }) {
  const { slug } = useTenant()
  const { id, origin, originUrl, version, service, authentication, supportLevel, endpoints, categories, specification, documentation, warnings } = connector
  return (
    <Section title={texts.about} actions={origin !== 'built-in' && <Button variant="default" leftSection={<Download size={14} />} component="a" href={`/api/v1/connectors/${encodeURIComponent(id)}/document?tenant=${encodeURIComponent(slug)}`} download>{texts.download}</Button>}>
      <Facts facts={[
        [texts.service, service], [texts.version, version], [texts.origin, <span key="o">{texts.originOf[origin]}{originUrl !== null && <> · <External to={originUrl} /></>}</span>],
        [texts.supportLevel, texts.support[supportLevel]], [texts.authentication, waysIn(authentication)], [texts.servers, endpoints.length > 0 && endpoints.slice(0, 4).join(', ')],
        [texts.categories, categories.length > 0 && categories.join(', ').replaceAll('_', ' ')], [texts.specification, specification !== null && `OpenAPI ${specification}`],
        [texts.documentation, documentation !== '' && <External key="d" to={documentation} />], [texts.used, <Used key="u" connector={id} />],
      ]} />
      {warnings.length > 0 && <details><summary><Text span size="sm" c="dimmed">{texts.warnings} ({formatNumber(warnings.length)})</Text></summary><List size="sm">{warnings.slice(0, 50).map((each) => <List.Item key={each} className="app-anywhere">{each}</List.Item>)}</List></details>}
    </Section>
  )
}

/** Only to the web: a document may name anything as its home. */
function External({ to }: { to: string }) {
  return /^https?:\/\//.test(to) ? <Anchor href={to} target="_blank" rel="noreferrer noopener" size="sm" className="app-anywhere">{to}</Anchor> : <span className="app-anywhere">{to}</span>
}

function Used({ connector }: { connector: string }) {
  const path = usePath()
  const { can } = useTenant()
  const { rows } = useRows('/api/v1/integrations', { query: { connector } }, { enabled: can('integrations:read') })
  if (rows === undefined) return NONE
  if (rows.length === 0) return <Text span size="sm" c="dimmed">{texts.usedNone}</Text>
  return <Group gap="sm">{rows.map(({ id, name }) => <Anchor key={id} component={RouteLink} to={path(`integrations/${id}`)} size="sm" dir="auto">{name}</Anchor>)}</Group>
}
