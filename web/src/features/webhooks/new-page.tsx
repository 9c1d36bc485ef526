import { SegmentedControl, Stack } from '@mantine/core'
import { Page } from '../../components/page.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { NewEndpoint } from './endpoint/new-endpoint.tsx'
import { NewSource } from './source/new-source.tsx'
import { texts } from './texts.ts'

export function NewPage() {
  const path = usePath()
  const [{ kind }, setUrl] = useUrl<'kind' | 'scheme'>()
  const isSource = kind === 'source'
  return (
    <Page title={texts.create} crumbs={[{ label: texts.tab, to: path('webhooks', isSource ? { part: 'sources' } : {}) }]} subtitle={isSource ? texts.newSourceText : texts.newEndpointText}>
      <Stack gap="md" className="app-form-width">
        <SegmentedControl aria-label={texts.direction} value={isSource ? 'source' : 'endpoint'} onChange={(next) => { setUrl({ kind: next === 'source' ? 'source' : undefined, scheme: undefined }) }}
          data={[{ value: 'endpoint', label: texts.sendOut }, { value: 'source', label: texts.takeIn }]} />
        {isSource ? <NewSource /> : <NewEndpoint />}
      </Stack>
    </Page>
  )
}
