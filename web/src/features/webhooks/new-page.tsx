import { SegmentedControl, Stack, Text } from '@mantine/core'
import { Page } from '../../components/page.tsx'
import { useTenant } from '../../hub/session.ts'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { NewEndpoint } from './endpoint/new-endpoint.tsx'
import { NewSource } from './source/new-source.tsx'
import { texts } from './texts.ts'

export function NewPage() {
  const path = usePath()
  const [{ kind }, setUrl] = useUrl<'kind' | 'scheme'>()
  const { can } = useTenant()
  const isSource = kind === 'source'
  const crumbs = [{ label: texts.tab, to: path('webhooks', isSource ? { part: 'sources' } : {}) }]
  if (!can('webhooks:write')) return <Page title={texts.create} crumbs={crumbs}><Text size="sm" c="dimmed">{texts.mayNot}</Text></Page>
  return (
    <Page title={texts.create} crumbs={crumbs} subtitle={isSource ? texts.newSourceText : texts.newEndpointText}>
      <Stack gap="md" className="app-form-width">
        <SegmentedControl aria-label={texts.direction} value={isSource ? 'source' : 'endpoint'} onChange={(next) => { setUrl({ kind: next === 'source' ? 'source' : undefined, scheme: undefined }) }}
          data={[{ value: 'endpoint', label: texts.sendOut }, { value: 'source', label: texts.takeIn }]} />
        {isSource ? <NewSource /> : <NewEndpoint />}
      </Stack>
    </Page>
  )
}
