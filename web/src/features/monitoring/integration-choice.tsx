import { Select } from '@mantine/core'
import { useRows } from '../../hub/queries.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

/** Which integration; lives in the URL. */
export function IntegrationChoice() {
  const [{ integration }, setUrl] = useUrl<'integration'>()
  const { rows = [] } = useRows('/api/v1/integrations', { query: { limit: 500 } })
  return (
    <Select aria-label={texts.anyIntegration} placeholder={texts.anyIntegration} clearable searchable w={{ base: '100%', xs: 220 }} data={rows.map(({ id, name }) => ({ value: id, label: name }))}
      value={integration ?? null} onChange={(next) => { setUrl({ integration: next ?? undefined }) }} />
  )
}
